import { existsSync } from "node:fs";
import { join } from "node:path";
import { resolvePath } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { formsOf } from "../ledger/forms-of-value.ts";
import { uuidIn } from "../ledger/recorded.ts";
import { LedgerReport } from "../ledger/report/report.ts";
import type { MispClient } from "../misp/client.ts";
import { MispError } from "../misp/errors.ts";
import type { SightingType } from "../model/misp.ts";
import { LEDGER_FILE } from "./open-ledger.ts";

/** A person's word on a value. */
export interface Thumb {
  value: string;
  type: SightingType;
}

/**
 * Gives a thumb in MISP to all that has this value there, in whatever form it is written.
 * @returns why MISP does not take it, if it does not
 */
export async function giveThumb(
  { value, type }: Thumb,
  client: MispClient,
  config: Config,
  signal?: AbortSignal,
): Promise<MispError | undefined> {
  let refusal: MispError | undefined;
  for (const form of formsOf(value)) {
    refusal = await refusalOf(client.addSighting({ of: { value: form }, type }, signal));
    // MISP may have it in another form, such as without the dot at its end.
    if (refusal?.meaning !== "unknown") return refusal;
  }
  // It may have it as nobody would write it, and a pair it finds by its halves alone.
  for (const uuid of attributesWith(value, config)) {
    const another = await refusalOf(client.addSighting({ of: { uuid }, type }, signal));
    if (another && another.meaning !== "unknown") return another;
    if (!another) refusal = undefined;
  }
  return refusal;
}

/** The UUIDs of the attributes that hold up what has a value, as far as there is a ledger. */
function attributesWith(value: string, config: Config): string[] {
  const file = join(resolvePath(config, config.state), LEDGER_FILE);
  if (!existsSync(file)) return [];
  using ledger = new LedgerReport(file);
  const supports = ledger.indicators(formsOf(value)).flatMap(({ id }) => ledger.supports(id));
  const there = supports.filter(({ attribute }) => attribute.deleted === 0);
  return [...new Set(there.map(({ attribute }) => uuidIn(attribute.uuid)))];
}

async function refusalOf(asked: Promise<unknown>): Promise<MispError | undefined> {
  try {
    await asked;
    return undefined;
  } catch (error) {
    if (error instanceof MispError) return error;
    throw error;
  }
}
