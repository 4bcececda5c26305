import { join } from "node:path";
import { z } from "zod";
import { resolvePath } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { mayDecideOn } from "../courier/decisions.ts";
import { giveThumb } from "../courier/give-thumb.ts";
import { LEDGER_FILE } from "../courier/open-ledger.ts";
import { Requests } from "../ledger/requests.ts";
import { MispClient } from "../misp/client.ts";
import { SightingType } from "../model/misp.ts";
import { bodyOf } from "./body.ts";
import { type Asked, answerJson, type Route, refuse } from "./web-server.ts";

/** Longer than any value that MISP can hold. */
export const LONGEST_VALUE = 65_536;
/** Bytes: such a value, of which each character may be written as an escape, and the rest of what a page sends. */
const LONGEST = 400_000;

const decision = z.strictObject({ decision: z.enum(["release", "discard"]), target: z.string() });
const thumb = z.strictObject({ value: z.string().min(1).max(LONGEST_VALUE), false_positive: z.boolean() });

/** What a person may do from the page: decide on what a guard holds, and give a value a thumb in MISP. */
export function deedRoutes(config: Config): Route[] {
  const client = config.misp && new MispClient(config.misp);
  return [
    { path: /\/held/, method: "POST", answer: (asked) => decide(asked, config) },
    { path: /\/thumbs/, method: "POST", answer: (asked) => giveOne(asked, client, config) },
  ];
}

async function decide({ request, response }: Asked, config: Config): Promise<void> {
  const told = decision.safeParse(await bodyOf(request, LONGEST));
  if (!told.success) return refuse(response, 400, 'This wants {"decision": "release" or "discard", "target": …}.');
  const { target } = told.data;
  const file = join(resolvePath(config, config.state), LEDGER_FILE);
  if (!mayDecideOn(target, config, file)) return refuse(response, 404, "There is no such target.");
  // As the command line does: the courier takes it up, and its log says how it went.
  Requests.leave(file, `held-${told.data.decision}`, target);
  answerJson(response, 202, { asked: true });
}

async function giveOne({ request, response }: Asked, client: MispClient | undefined, config: Config): Promise<void> {
  if (!client) return refuse(response, 409, "A forwarder has no MISP to give thumbs in.");
  const told = thumb.safeParse(await bodyOf(request, LONGEST));
  if (!told.success) return refuse(response, 400, 'This wants {"value": …, "false_positive": true or false}.');
  const { value, false_positive: isFalse } = told.data;
  const type = isFalse ? SightingType.falsePositive : SightingType.seen;
  const refusal = await giveThumb({ value, type }, client, config);
  if (refusal) return refuse(response, refusal.meaning === "unknown" ? 404 : 502, refusal.message);
  answerJson(response, 201, { told: true });
}
