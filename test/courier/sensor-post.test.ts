import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SensorPost } from "../../src/courier/sensors/post.ts";
import { Database } from "../../src/ledger/database/database.ts";
import { SensorSightings } from "../../src/ledger/sensor-sightings.ts";
import { type Logger, silent } from "../../src/log.ts";
import { SightingType } from "../../src/model/misp.ts";
import { aClient } from "../support/a-client.ts";
import { aFolder } from "../support/a-folder.ts";
import { AnsweringServer, type Asked, json } from "../support/answering-server.ts";
import { calm, eventually } from "../support/running-courier.ts";

const HERE = json({ Sighting: { id: "1" } });
const VERSION = json({ version: "2.5.1" });
const FORBIDDEN = json({ name: "You do not have permission to use this functionality." }, 403);

let misp: AnsweringServer;
let database: Database;
let queue: SensorSightings;
let stop: AbortController;
let now: number;
let warned: string[];

beforeEach(async () => {
  misp = await AnsweringServer.start(HERE);
  database = Database.open(join(aFolder(), "ledger.sqlite"));
  queue = new SensorSightings(database);
  stop = new AbortController();
  now = 1_700_000_000_000;
  warned = [];
});

afterEach(async () => {
  stop.abort();
  database.close();
  await misp[Symbol.asyncDispose]();
});

/** Time flies, so that nothing has to wait for its turn. */
const clock = () => {
  now += 3_600_000;
  return now;
};

function aPost(): SensorPost {
  const log: Logger = { ...silent, warn: (sentence: string) => void warned.push(sentence) };
  return new SensorPost({ client: aClient(misp.url), queue, log, signal: stop.signal, clock });
}

function take(...values: string[]): void {
  const seen = { attribute: null, type: SightingType.expired, date: 1_600_000_000, source: "s" };
  queue.take(
    values.map((subject) => ({ ...seen, subject })),
    now,
  );
}

const figures = () => SensorSightings.figures(database);
const valueIn = ({ body }: Asked) => (body as { value?: string }).value;
const settled = () => eventually(async () => expect(figures().waiting).toBe(0), 25_000);

test("MISP gets the type as text, the time, and a source by which its echo is known", async () => {
  take("a.example");
  await using _ = aPost();
  await settled();
  expect(misp.asked).toMatchObject([
    {
      path: "/sightings/add",
      body: { value: "a.example", type: "2", source: "misp-courier: s", timestamp: 1_600_000_000 },
    },
  ]);
});

test("one that was put off by a clock that was far ahead does not wait until then", async () => {
  take("a.example");
  queue.later(queue.next(now)?.id ?? 0, now + 365 * 24 * 3_600_000, 0);
  await using _ = aPost();
  await settled();
  expect(figures()).toMatchObject({ posted: 1 });
});

test("what the key's role may not do is refused and told once", async () => {
  misp.answer = (asked, response) => (asked.path.includes("getVersion") ? VERSION : FORBIDDEN)(asked, response);
  take("a.example", "b.example", "c.example");
  await using _ = aPost();
  await settled();
  expect(figures()).toEqual({ waiting: 0, posted: 0, refused: 3 });
  expect(warned).toHaveLength(1);
});

test("with a key that MISP no longer accepts it waits", async () => {
  misp.answer = FORBIDDEN;
  take("a.example", "b.example");
  await using _ = aPost();
  await eventually(async () => expect(misp.asked.map(({ path }) => path)).toContain("/servers/getVersion"));
  await calm();
  expect(figures()).toEqual({ waiting: 2, posted: 0, refused: 0 });
  expect(misp.asked).toHaveLength(2);
});

test("an attribute that is not there is not asked for again", async () => {
  misp.answer = json({ message: "Could not add the Sighting. Reason: No valid attributes found." });
  take("a.example");
  await using _ = aPost();
  await settled();
  await calm();
  expect([figures().refused, misp.asked.length]).toEqual([1, 1]);
});

test("one at which MISP stumbles again and again does not hold up the others, and is given up", async () => {
  let stumbled = 0;
  misp.answer = (asked, response) => {
    if (asked.path.includes("restSearch")) return json({ response: [] })(asked, response);
    if (valueIn(asked) !== "stumble") return HERE(asked, response);
    stumbled += 1;
    take(`other${stumbled}.example`);
    return json({ name: "An Internal Error Has Occurred." }, 500)(asked, response);
  };
  take("stumble");
  await using _ = aPost();
  await settled();
  expect(figures()).toEqual({ waiting: 0, posted: 10, refused: 1 });
});
