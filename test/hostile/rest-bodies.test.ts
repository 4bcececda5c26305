import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CourierConfig } from "../../src/config/schema.ts";
import { catchUp } from "../../src/courier/catch-up/catch-up.ts";
import { openLedger } from "../../src/courier/open-ledger.ts";
import type { StandInMisp } from "../../src/demo/stand-in/stand-in-misp.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { LedgerReport } from "../../src/ledger/report/report.ts";
import { silent } from "../../src/log.ts";
import { askFacts, askWhole } from "../../src/misp/answers.ts";
import { MispClient } from "../../src/misp/client.ts";
import { MispError } from "../../src/misp/errors.ts";
import { EventDesk } from "../../src/misp/event-desk.ts";
import { metadataOf } from "../../src/misp/event-metadata.ts";
import { probe } from "../../src/misp/probe.ts";
import { enabledLists, listBody } from "../../src/misp/warninglist-source.ts";
import { SightingType } from "../../src/model/misp.ts";
import { LONG } from "../faults/trials.ts";
import { RunningCourier } from "../support/running-courier.ts";
import { ARelay, type Damage } from "./a-relay.ts";

const NEVER = new AbortController().signal;
const VALUES = ["a.example", "b.example", "c.example", "d.example"];

let courier: RunningCourier;
let misp: StandInMisp;
let relay: ARelay;
let config: CourierConfig;
let ledger: Ledger;
let client: MispClient;
let events: string[];
let file: string;

beforeAll(async () => {
  courier = await RunningCourier.start({ filter: [{ tags: ["tlp:green"] }] });
  await courier.stop();
  ({ misp } = courier);
  events = [
    ["a.example", "b.example"],
    ["c.example", "d.example"],
  ].map((values) => {
    const attributes = values.map((value) => ({ type: "domain", value }));
    const { id, uuid, attributes: made } = misp.addEvent({ info: "event", attributes, tags: ["tlp:green"] });
    misp.sight(made[0]?.id ?? 0, { type: SightingType.seen });
    misp.publish(id);
    return uuid;
  });
  misp.setWarninglist({
    id: 1,
    name: "resolvers",
    type: "string",
    list: ["x.example"],
    matchingAttributes: ["domain"],
    enabled: true,
  });
  relay = await ARelay.before(misp.url);
  config = await courier.config();
  file = join(courier.directory, "ledger.sqlite");
  ledger = openLedger(config, file, Date.now);
  client = new MispClient({ ...config.misp, key: misp.key, url: relay.url });
  await bringUp();
  expect(active()).toEqual(VALUES);
});
afterAll(async () => {
  ledger[Symbol.dispose]();
  await relay[Symbol.asyncDispose]();
  await courier[Symbol.asyncDispose]();
});

/** All that the courier ever asks MISP, and what follows from it in the ledger. */
async function bringUp(): Promise<void> {
  const answer = async (notices: Parameters<Ledger["apply"]>[0], asked: number, facts = {}) => {
    ledger.apply(notices, { asked, facts });
  };
  const options = { config, client, ledger, log: silent, signal: NEVER, clock: Date.now, answer };
  const asked = Date.now() + 10_000;
  const questions = [
    () => catchUp(options, 1),
    ...events.flatMap((uuid) => [
      async () => ledger.apply(await askWhole(client, uuid, NEVER), { asked }),
      async () => ledger.apply(await askFacts({ client, desk: new EventDesk(client, NEVER) }, uuid, NEVER), { asked }),
      async () => metadataOf((await new EventDesk(client, NEVER).look(uuid)) ?? {}),
    ]),
    () => probe(client),
    () => client.organisations(),
    async () => Promise.all((await enabledLists(client, NEVER)).map((list) => listBody(client, list, NEVER))),
    () => client.hasTag("tlp:green"),
  ];
  for (const ask of questions) await ask().catch(onlyMispErrors);
  while (ledger.review().more);
}

function onlyMispErrors(error: unknown): void {
  if (!(error instanceof MispError)) throw error;
}

/** Each value, with the reason where it is withheld. */
function active(): string[] {
  using report = new LedgerReport(file);
  return report.indicators(VALUES).map(({ value, withheld }) => (withheld === null ? value : `${value}: ${withheld}`));
}

test("answers in which something is missing, cut or of another kind are failures of MISP, and remove nothing", {
  timeout: 180_000,
}, async () => {
  const damage: fc.Arbitrary<Damage> = fc.oneof(
    fc.record({ does: fc.constant("cut" as const), share: fc.double({ min: 0, max: 0.99, noNaN: true }) }),
    fc.record({ does: fc.constant("drop" as const), place: fc.nat(400) }),
    fc.record({
      does: fc.constant("replace" as const),
      place: fc.nat(400),
      by: fc.constantFrom(null, true, [], {}, [[]], [null], { errors: "x" }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(damage, async (one) => {
      relay.damage = one;
      await bringUp();
      relay.damage = undefined;
      expect(active()).toEqual(VALUES);
    }),
    // What one leaves behind stays for the next: a smaller counterexample would not be one.
    { numRuns: LONG ? 300 : 40, endOnFailure: true },
  );
});

test("after all that, MISP's word counts as before", async () => {
  const [uuid = ""] = events;
  const [notice] = await askWhole(client, uuid, NEVER);
  misp.deleteEvent(notice?.kind === "event" ? notice.event.id : 0);
  await bringUp();
  expect(active()).toEqual(["a.example: event_deleted", "b.example: event_deleted", "c.example", "d.example"]);
});
