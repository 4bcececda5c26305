import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { Curator } from "../../src/courier/curator/curator.ts";
import { HeldEvents } from "../../src/courier/curator/held-events.ts";
import { MispWriter } from "../../src/courier/curator/misp-writer.ts";
import { CuratedEvents } from "../../src/ledger/curated-events.ts";
import { Database } from "../../src/ledger/database/database.ts";
import { silent } from "../../src/log.ts";
import { MispClient } from "../../src/misp/client.ts";
import { EventDesk } from "../../src/misp/event-desk.ts";
import type { Notice } from "../../src/model/notice.ts";
import { aFolder } from "../support/a-folder.ts";
import { anEvent } from "../support/an-event.ts";
import { AnsweringServer, json } from "../support/answering-server.ts";
import { eventually } from "../support/running-courier.ts";

const EVENT = "0e235bbc-2689-4a01-8c22-23879545607c";
const ANOTHER = "279db1ff-7b99-4eba-8897-bd6231a7a5b6";
const FRIEND = { id: "2", uuid: "d6c6bc22-d575-4e9d-8b50-a04df8f7d579", local: false };
const STRANGER = "11111111-7b99-4eba-8897-bd6231a7a5b6";

let misp: AnsweringServer;
let now = 1_000_000_000;

/** A courier that trusts everybody but one, publishes what is green, and has one write in a minute, which another event has just had. */
async function aCurator(before: (curator: Curator, database: Database) => void = () => {}) {
  misp = await AnsweringServer.start();
  shows({});
  const database = Database.open(join(aFolder(), "ledger.sqlite"));
  const curated = new CuratedEvents(database, () => now);
  const stop = new AbortController();
  const client = new MispClient({ url: misp.url, key: "k", verify_tls: true, timeout: 5 });
  const warnings: string[] = [];
  const log = { ...silent, warn: (sentence: string) => warnings.push(sentence) };
  const common = { curated, log, signal: stop.signal, clock: () => now };
  const writer = new MispWriter({ ...common, client, writesPerMinute: 1, writesPerEvent: 20, lacks: () => {} });
  const held = new HeldEvents({ saved: undefined, save: () => {}, leave: (uuid) => curated.awaits([uuid]) });
  const curator = new Curator({
    ...common,
    enabled: true,
    rules: { trustTags: [], gates: { min_attributes: 1, max_warninglist_hits: null, tlp: ["green"] } },
    sources: ["pulled"],
    dryRun: false,
    desk: new EventDesk(client, stop.signal),
    writer,
    held,
    trustLevelOf: (organisation) => (organisation === STRANGER ? undefined : { publish: true }),
    warns: () => false,
    saved: async () => {},
  });
  onTestFinished(async () => {
    stop.abort();
    await curator[Symbol.asyncDispose]();
    curated[Symbol.dispose]();
    database.close();
    await misp[Symbol.asyncDispose]();
  });
  await writer.write(ANOTHER, { do: "publish" });
  now += 59_950;
  before(curator, database);
  curator.begin();
  curator.heard([{ kind: "pulled", uuid: EVENT }]);
  await eventually(async () => expect(looks()).toBe(1));
  return { held, curator, curated, warnings };
}

/** How MISP shows the event from now on. */
function shows(facts: Record<string, unknown>, tlp = "tlp:green"): void {
  const Tag = [{ name: tlp, local: true }];
  const Event = {
    id: "7",
    uuid: EVENT,
    Orgc: FRIEND,
    timestamp: "1000",
    attribute_count: "3",
    published: false,
    Tag,
    ...facts,
  };
  const event = json({ response: [{ Event }] });
  const taken = json({ saved: true, success: true });
  misp.answer = (asked, response) => (asked.path === "/events/restSearch" ? event : taken)(asked, response);
}

const looks = () => misp.asked.filter(({ path }) => path === "/events/restSearch").length;
const askedFor = () => misp.asked.flatMap(({ body }): string[] => Object(body).uuid ?? []);
const publications = () => misp.asked.filter(({ path }) => path === `/events/publish/${EVENT}`).length;
const isPublished = () => publications() > 0;

test.each<[string, Record<string, unknown>, string?]>([
  ["somebody has edited", { timestamp: "1001" }],
  ["a gate has closed on", {}, "tlp:red"],
])("an event that %s while it waited for its turn among the writes is not published", async (_, facts, tlp) => {
  const { held } = await aCurator();
  shows(facts, tlp);
  now += 10_000;
  await eventually(async () => expect(held.due(now + 60_000)).toHaveLength(1));
  expect(held.due(now + 60_000)).toEqual([
    [EVENT, expect.objectContaining({ reason: expect.stringContaining("changed") })],
  ]);
  expect(isPublished()).toBe(false);
});

test("an event that is as it was is published when it has its turn, however long it waited", async () => {
  await aCurator();
  now += 10_000;
  await eventually(async () => expect(isPublished()).toBe(true));
});

test("an event whose publication MISP took, and has not carried out ten minutes later, is published once more", async () => {
  const { curated, warnings } = await aCurator();
  now += 10_000;
  await eventually(async () => expect(curated.isDone(EVENT, 1_000)).toBe(true));
  now += 600_001;
  await eventually(async () => expect(publications()).toBe(2));
  await eventually(async () => expect(curated.isDone(EVENT, 1_000)).toBe(true));
  expect(warnings).toEqual([expect.stringContaining("background workers")]);
  const before = looks();
  shows({ published: true });
  now += 600_001;
  await eventually(async () => expect(looks()).toBe(before + 1));
  expect([publications(), warnings.length]).toEqual([2, 1]);
});

test("an event whose publication has come back on the feed is not looked at again", async () => {
  const { curated, curator } = await aCurator();
  now += 10_000;
  await eventually(async () => expect(curated.isDone(EVENT, 1_000)).toBe(true));
  const before = looks();
  curator.heard([{ kind: "event", event: anEvent({ uuid: EVENT, timestamp: 1_000 }), how: "snapshot" }]);
  now += 600_001;
  await pause(6_000);
  expect([looks(), publications()]).toEqual([before, 1]);
});

test("an event waits as long as a MISP asks whose rate limit is reached", async () => {
  const { held } = await aCurator();
  const look = misp.answer;
  misp.answer = (asked, response) => {
    if (asked.path.startsWith("/events/publish/")) response.setHeader("Retry-After", "300");
    (asked.path.startsWith("/events/publish/") ? json({ name: "Too many requests" }, 429) : look)(asked, response);
  };
  now += 10_000;
  await eventually(async () => expect(held.due(now + 310_000)).toHaveLength(1));
  expect(held.due(now + 290_000)).toEqual([]);
});

test("all that a catch-up found is looked at, however much it was before it is known whom to trust", async () => {
  const uuids = Array.from(
    { length: 1_100 },
    (_, index) => `0e235bbc-2689-4a01-8c22-${String(index).padStart(12, "0")}`,
  );
  const found = uuids.map((uuid): Notice => ({ kind: "event", event: anEvent({ uuid }), how: "answer" }));
  const asked = new Set<string>();
  await aCurator((curator) => {
    misp.answer = ({ body }, response) => {
      const wanted: string[] = [Object(body).uuid].flat();
      for (const uuid of wanted) asked.add(uuid);
      const events = wanted.map((uuid) => ({ Event: { id: "7", uuid, Orgc: FRIEND, published: true } }));
      json({ response: events })({ body, method: "", path: "", headers: {} }, response);
    };
    curator.found(found);
    curator.heard(found);
  });
  await eventually(async () => expect(uuids.filter((uuid) => !asked.has(uuid))).toEqual([]));
});

test("events for which there was no room among those that wait are looked at once others wait no longer", async () => {
  const { held, curated } = await aCurator();
  now += 10_000;
  await eventually(async () => expect(curated.isDone(EVENT, 1_000)).toBe(true));
  const waiting = { id: undefined, reason: "a right is missing", how: "heard", next: now + 300_000 } as const;
  for (let number = 0; number < 999; number += 1) held.hold(`another ${number}`, waiting);
  held.hold(EVENT, waiting);
  for (let number = 999; number < 2_000; number += 1) held.hold(`another ${number}`, waiting);
  expect(held.due(Number.MAX_SAFE_INTEGER).some(([uuid]) => uuid === EVENT)).toBe(false);
  const looksAtIt = () => askedFor().filter((uuid) => uuid === EVENT).length;
  const before = looksAtIt();
  for (let number = 0; number < 2_000; number += 1) held.letGo(`another ${number}`);
  await eventually(async () => expect(looksAtIt()).toBeGreaterThan(before));
});

test("of what a first load found before it is known whom to trust, MISP is not asked for what others wrote", async () => {
  const unknown = "ffffffff-7b99-4eba-8897-bd6231a7a5b6";
  await aCurator((curator, database) => {
    const found = [ANOTHER, unknown].map(
      (uuid): Notice => ({ kind: "event", event: anEvent({ uuid }), how: "answer" }),
    );
    curator.found(found);
    database
      .prepare(
        `INSERT INTO event (id, uuid, info, date, distribution, threat_level, creator_id, creator_uuid, timestamp, known)
         VALUES (5, ?, '', '', 0, 0, 9, ?, 1000, 1)`,
      )
      .run(ANOTHER, STRANGER);
  });
  await eventually(async () => expect(askedFor()).toContain(unknown));
  expect(askedFor()).not.toContain(ANOTHER);
});
