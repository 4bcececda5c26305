import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MispWriter } from "../../src/courier/curator/misp-writer.ts";
import type { CurationStep } from "../../src/curation/curate-event.ts";
import { CuratedEvents } from "../../src/ledger/curated-events.ts";
import { Database } from "../../src/ledger/database/database.ts";
import { silent } from "../../src/log.ts";
import { MispClient } from "../../src/misp/client.ts";
import { aFolder } from "../support/a-folder.ts";
import { AnsweringServer, json } from "../support/answering-server.ts";

const EVENT = "0e235bbc-2689-4a01-8c22-23879545607c";
const ANOTHER = "279db1ff-7b99-4eba-8897-bd6231a7a5b6";
const FRIEND = "d6c6bc22-d575-4e9d-8b50-a04df8f7d579";
const ATTACH: CurationStep = { do: "attach", tag: "trusted" };
const DETACH: CurationStep = { do: "detach", tag: "trusted" };
const PUBLISH: CurationStep = { do: "publish" };
const TAKEN = json({ saved: true, success: true });

let misp: AnsweringServer;
let database: Database;
let curated: CuratedEvents;
let now: number;
let stop: AbortController;
let lacks: (readonly string[])[];

beforeEach(async () => {
  misp = await AnsweringServer.start(TAKEN);
  database = Database.open(join(aFolder(), "ledger.sqlite"));
  now = 1_000_000_000;
  curated = new CuratedEvents(database, () => now);
  stop = new AbortController();
  lacks = [];
});

afterEach(async () => {
  stop.abort();
  curated[Symbol.dispose]();
  database.close();
  await misp[Symbol.asyncDispose]();
});

function aWriter({ perMinute = 100, perEvent = 100 } = {}): MispWriter {
  return new MispWriter({
    client: new MispClient({ url: misp.url, key: "k", verify_tls: true, timeout: 5 }),
    curated,
    writesPerMinute: perMinute,
    writesPerEvent: perEvent,
    lacks: (cures) => void lacks.push(cures),
    log: silent,
    signal: stop.signal,
    clock: () => now,
  });
}

const records = () => {
  curated[Symbol.dispose]();
  return database
    .prepare<{ step: string; tag: string | null; answer: string }>("SELECT step, tag, answer FROM misp_write")
    .all();
};

test("a write that MISP takes is on record", async () => {
  const writer = aWriter();
  await writer.write(EVENT, ATTACH);
  await writer.write(EVENT, PUBLISH);
  expect(records()).toEqual([
    { step: "attach", tag: "trusted", answer: "done" },
    { step: "publish", tag: null, answer: "done" },
  ]);
  expect(misp.asked[0]).toMatchObject({
    path: "/tags/attachTagToObject",
    body: { uuid: EVENT, tag: "trusted", local: true },
  });
});

test("what is not due any more when it has its turn is not written", async () => {
  const write = aWriter().write(EVENT, PUBLISH, FRIEND, async () => false);
  await expect(write).rejects.toThrow("changed while it waited");
  expect(misp.asked).toEqual([]);
});

test("a 200 with an error inside is a failure, and on record as one", async () => {
  misp.answer = json({ saved: false, errors: "Invalid Tag." });
  await expect(aWriter().write(EVENT, ATTACH)).rejects.toThrow("error inside");
  expect(records()).toEqual([{ step: "attach", tag: "trusted", answer: expect.stringContaining("Invalid Tag.") }]);
});

const COULD_NOT = { name: "Could not do it", message: "Could not do it", url: "/somewhere" };

test.each([
  ["attached with no more than a message", ATTACH, json(COULD_NOT)],
  ["detached with no more than a message", DETACH, json(COULD_NOT)],
  ["published with no more than a message", PUBLISH, json(COULD_NOT)],
  ["attached with an empty list", ATTACH, json([])],
  ["detached with a refusal", DETACH, json(COULD_NOT, 405)],
])("what MISP answers to have %s is a failure", async (_, step, answer) => {
  misp.answer = answer;
  await expect(aWriter().write(EVENT, step)).rejects.toThrow();
  expect(records()).toMatchObject([{ step: step.do, answer: expect.not.stringMatching(/^done$/) }]);
});

test("a tag that is not attached is detached already", async () => {
  misp.answer = json({ message: "Could not remove tag as it is not attached to the target Event" }, 404);
  await aWriter().write(EVENT, DETACH);
  expect(records()).toEqual([{ step: "detach", tag: "trusted", answer: "done" }]);
});

describe("a right that is missing", () => {
  const rejected = { saved: false, name: "Could not attachTagToObject Tag" };

  test.each([
    ["a role that may not tag", ATTACH, json({ message: "No permission" }, 403), "perm_tagger"],
    [
      "a user of another organisation than the host's",
      ATTACH,
      json({ ...rejected, errors: "host" }, 403),
      "host_org_id",
    ],
    ["a role that may not publish", PUBLISH, json({ message: "No permission" }, 403), "perm_publish"],
    ["an event of another organisation", PUBLISH, json({ message: "No permission" }, 405), "perm_site_admin"],
  ])("is told with its cure: %s", async (_, step, answer, cure) => {
    misp.answer = answer;
    await expect(aWriter().write(EVENT, step)).rejects.toThrow();
    expect(lacks).toEqual([[expect.stringContaining(cure)]]);
  });

  test("is not tried again at every event, but after a while, and forgotten once MISP takes it", async () => {
    const writer = aWriter();
    misp.answer = json({ message: "No permission" }, 403);
    for (const event of [EVENT, EVENT, EVENT]) await expect(writer.write(event, PUBLISH)).rejects.toThrow();
    expect(misp.asked).toHaveLength(1);
    misp.answer = TAKEN;
    await writer.write(EVENT, ATTACH);
    now += 300_000;
    await writer.write(EVENT, PUBLISH);
    expect(lacks.at(-1)).toEqual([]);
  });

  test("is tried again at once by a clock that was ahead", async () => {
    const writer = aWriter();
    misp.answer = json({ message: "No permission" }, 403);
    await expect(writer.write(EVENT, PUBLISH)).rejects.toThrow();
    misp.answer = TAKEN;
    now -= 24 * 3_600_000;
    await writer.write(EVENT, PUBLISH);
    expect(lacks.at(-1)).toEqual([]);
  });

  test.each([
    ["a site admin", { Role: { perm_site_admin: true } }, FRIEND],
    ["whoever belongs to its creator", { Role: {}, Organisation: { id: "4", uuid: FRIEND } }, FRIEND],
  ])("is not what keeps %s from publishing one event: the others go on", async (_, me, creator) => {
    const writer = aWriter();
    misp.answer = (asked, response) => {
      const told = asked.path === "/users/view/me" ? json(me) : TAKEN;
      const answer = asked.path.endsWith(EVENT) ? json(COULD_NOT, 405) : told;
      answer(asked, response);
    };
    await expect(writer.write(EVENT, PUBLISH, creator)).rejects.toThrow("/events/publish");
    await writer.write(ANOTHER, PUBLISH, creator);
    expect(lacks).toEqual([]);
  });

  test.each([
    ["a 200 with no more than a message", json(COULD_NOT)],
    ["a 200 with an error inside", json({ saved: false, errors: "Could not do it" })],
    ["a 400", json(COULD_NOT, 400)],
  ])(
    "is not what %s tells: what MISP says of one event is passed on, and the others get the tag",
    async (_, answer) => {
      const writer = aWriter();
      misp.answer = answer;
      await expect(writer.write(EVENT, ATTACH)).rejects.toThrow("Could not do it");
      misp.answer = TAKEN;
      await writer.write(ANOTHER, ATTACH);
      expect(lacks).toEqual([]);
    },
  );

  test("is not what a MISP that is down has, or one where the event is gone meanwhile", async () => {
    const writer = aWriter();
    for (const [status, body] of [
      [500, {}],
      [404, { name: "Invalid event." }],
    ] as const) {
      misp.answer = json(body, status);
      await expect(writer.write(EVENT, PUBLISH)).rejects.toThrow("publish");
    }
    misp.answer = TAKEN;
    await writer.write(EVENT, PUBLISH);
    expect(lacks).toEqual([]);
  });
});

describe("the writes are bounded", () => {
  test("for one event within an hour", async () => {
    const writer = aWriter({ perEvent: 2 });
    for (const step of [ATTACH, PUBLISH]) await writer.write(EVENT, step);
    await expect(writer.write(EVENT, ATTACH)).rejects.toThrow("writes_per_event");
    await writer.write(ANOTHER, ATTACH);
    now += 3_600_000;
    await writer.write(EVENT, ATTACH);
    expect(misp.asked).toHaveLength(4);
  });

  test("within a minute, after which what is over goes on", async () => {
    const writer = aWriter({ perMinute: 2 });
    for (const step of [ATTACH, PUBLISH]) await writer.write(EVENT, step);
    now += 59_980;
    const third = writer.write(EVENT, ATTACH);
    expect(misp.asked).toHaveLength(2);
    now += 20;
    await third;
    expect(misp.asked).toHaveLength(3);
  });

  test("for no longer than that by a clock that is set back", async () => {
    const writer = aWriter({ perMinute: 2, perEvent: 2 });
    for (const step of [ATTACH, PUBLISH]) await writer.write(EVENT, step);
    now -= 24 * 3_600_000;
    await expect(writer.write(EVENT, ATTACH)).rejects.toThrow("writes_per_event");
    now += 59_980;
    const third = writer.write(ANOTHER, ATTACH);
    now += 20;
    await third;
    now += 3_600_000;
    await writer.write(EVENT, ATTACH);
    expect(misp.asked).toHaveLength(4);
  });

  test("and what waits for its minute ends with the courier", async () => {
    const writer = aWriter({ perMinute: 1 });
    await writer.write(EVENT, ATTACH);
    const second = writer.write(EVENT, PUBLISH);
    stop.abort();
    await expect(second).rejects.toThrow("aborted");
  });
});
