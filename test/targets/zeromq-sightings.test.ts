import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Publisher } from "zeromq";
import { SightingType } from "../../src/model/misp.ts";
import type { SensorSighting } from "../../src/model/sensed.ts";
import type { SightingBox, Target } from "../../src/targets/target.ts";
import { readSighting } from "../../src/targets/zeromq/sighting.ts";
import { zeromq } from "../../src/targets/zeromq.ts";
import { runs } from "../model/runs.ts";
import { aFolder } from "../support/a-folder.ts";
import { anEntry } from "../support/entries.ts";
import { hostileText } from "../support/hostile-text.ts";
import { eventually } from "../support/running-courier.ts";
import { apply } from "./far-side.ts";
import { ASubscriber, askDesk, freeEndpoint } from "./zeromq-subscriber.ts";

const NOW = 1_800_000_000;

/** A sighting as applications of Threat Bus make them. */
function aSighting(facts: object = {}): object {
  return {
    type: "sighting",
    spec_version: "2.1",
    id: "sighting--2b1f7a0e-9c39-4f0c-8f6a-0d6f7a2f1c11",
    created: "2026-12-31T12:00:00.000Z",
    modified: "2026-12-31T12:00:00.000Z",
    last_seen: "2026-12-31T11:59:58.123456Z",
    sighting_of_ref: "indicator--00000000-0000-4000-8000-000000000000",
    x_threatbus_sighting_context: { source: "VAST" },
    ...facts,
  };
}

const frame = (body: unknown) => Buffer.from(`stix2/sighting ${JSON.stringify(body)}`);
const read = (body: unknown, known: Record<string, string> = {}) =>
  readSighting(frame(body), { valueUnder: (id) => known[id], now: NOW });

describe("a sighting of an application of Threat Bus", () => {
  it("is of the value that is known under the indicator's id, at the time when it was seen, by who says so", () => {
    expect(read(aSighting({ sighting_of_ref: "indicator--1" }), { "indicator--1": "bad.example" })).toEqual({
      subject: "bad.example",
      attribute: null,
      type: SightingType.seen,
      date: Date.parse("2026-12-31T11:59:58Z") / 1000,
      source: "VAST",
    });
  });

  it.for([
    [
      "the pattern of the indicator that comes with it",
      { x_threatbus_indicator: { pattern: "[url:value = 'http://a/\\'']" } },
      "http://a/'",
    ],
    ["the value that comes with it", { x_threatbus_indicator_value: "seen.example" }, "seen.example"],
    [
      "the value, where the pattern is none of one value",
      { x_threatbus_indicator: { pattern: "[a:b = 1]" }, x_threatbus_indicator_value: "seen.example" },
      "seen.example",
    ],
  ] as const)("of an unknown id is of %s", ([, facts, subject]) => {
    expect(read(aSighting(facts))).toMatchObject({ subject });
  });

  it.for([
    ["a time to come is now", { last_seen: "2099-01-01T00:00:00Z" }, { date: NOW }],
    [
      "no time at all is when it was made",
      { last_seen: "yesterday" },
      { date: Date.parse("2026-12-31T12:00:00Z") / 1000 },
    ],
    ["a source in its own field counts first", { x_threatbus_source: " zeek " }, { source: "zeek" }],
    ["a source with control characters is none", { x_threatbus_source: "a\u001b[31mb" }, { source: "VAST" }],
    ["a context that is no object is none", { x_threatbus_sighting_context: "[]" }, { source: "" }],
  ] as const)("%s", ([, facts, expected]) => {
    expect(read(aSighting({ x_threatbus_indicator_value: "seen.example", ...facts }))).toMatchObject(expected);
  });

  it.for([
    ["an indicator", { type: "indicator" }, "no STIX sighting"],
    ["one that says that nothing was seen", { count: 0, x_threatbus_indicator_value: "a.example" }, "no STIX sighting"],
    ["one of nothing that is known", {}, "names no indicator"],
    ["a value with a line break", { x_threatbus_indicator_value: "a\nb" }, "names no indicator"],
    ["a value that is too long", { x_threatbus_indicator_value: "a".repeat(4_097) }, "names no indicator"],
  ] as const)("is not %s", ([, facts, why]) => {
    expect(read(aSighting(facts))).toBe(why);
  });

  it("never comes of anything that cannot be one, nor with text that harms whoever shows it", () => {
    const body = fc.oneof(
      fc.json(),
      hostileText(),
      fc
        .jsonValue()
        .map((value) => JSON.stringify(aSighting({ x_threatbus_source: value, last_seen: value, count: value }))),
      hostileText().map((text) =>
        JSON.stringify(aSighting({ x_threatbus_indicator_value: text, x_threatbus_source: text })),
      ),
    );
    fc.assert(
      fc.property(body, (text) => {
        const one = readSighting(Buffer.from(`stix2/sighting ${text}`), { valueUnder: () => undefined, now: NOW });
        if (typeof one === "string") return;
        expect(`${one.subject}${one.source}`).not.toMatch(/[\p{Cc}\p{Cs}]/u);
        expect(one.date).toBeGreaterThan(0);
        expect(one.date).toBeLessThanOrEqual(NOW);
      }),
      runs(300),
    );
  });
});

describe("a zeromq target that takes sightings", () => {
  const taken: SensorSighting[] = [];
  const refused: string[] = [];
  let room = true;
  let target: Target;
  let app: Publisher;
  let endpoints: { bind: string; manage: string; sightings: string };
  const box: SightingBox = {
    take: (sightings) => {
      if (room) taken.push(...sightings);
      return room;
    },
    refuse: (reason) => void refused.push(reason),
  };

  const subjects = () => new Set(taken.map(({ subject }) => subject));

  beforeEach(async () => {
    for (const list of [taken, refused]) list.length = 0;
    room = true;
    endpoints = { bind: await freeEndpoint(), manage: await freeEndpoint(), sightings: await freeEndpoint() };
    app = new Publisher({ linger: 0 });
  });
  afterEach(async () => {
    app.close();
    await target.close?.();
  });

  async function open(settings: object, sightings: SightingBox | undefined = box): Promise<Target> {
    const context = { name: "bus", resolve: (path: string) => path, state: aFolder(), clock: Date.now, sightings };
    target = await zeromq.open(zeromq.settings.parse(settings), context);
    await target.prepare?.();
    return target;
  }

  /** Connects as an application does: to where the desk says. */
  async function connect(): Promise<Record<string, unknown>> {
    const answer = await askDesk(endpoints.manage, { action: "subscribe", topic: "stix2/indicator", snapshot: 30 });
    app.connect(`tcp://127.0.0.1:${answer.sub_port}`);
    return answer;
  }

  /** A publisher's first messages go nowhere until the other side has subscribed. */
  async function sendUntil(body: unknown, so: () => boolean): Promise<void> {
    await eventually(async () => {
      await app.send(frame(body));
      if (!so()) throw new Error("not yet");
    });
  }

  it("knows by its id what an application saw of what it was told, also when that is held no more", async () => {
    const side = { target: await open(endpoints), held: async () => [], close: async () => {} };
    const { topic } = await connect();
    using subscriber = new ASubscriber(endpoints.bind, String(topic));
    await apply(side, { add: [anEntry({ type: "ip-dst", value: "198.51.100.7" })] });
    const [heard] = await subscriber.until(({ length }) => length > 0);
    const sighting = aSighting({ sighting_of_ref: heard?.body.id });
    await sendUntil(sighting, () => taken.length > 0);
    await apply(side, { remove: [anEntry({ type: "ip-dst", value: "198.51.100.7" })] });
    taken.length = 0;
    await sendUntil(sighting, () => taken.length > 0);
    expect(taken[0]).toMatchObject({ subject: "198.51.100.7", source: "VAST" });
  });

  it("goes on after messages that are none", async () => {
    await open(endpoints);
    await connect();
    const good = aSighting({ x_threatbus_indicator_value: "seen.example" });
    await sendUntil(aSighting({ x_threatbus_indicator_value: "ready.example" }), () => taken.length > 0);
    for (const text of [
      "stix2/sighting",
      "stix2/sighting {",
      "stix2/sighting null",
      "stix2/sighting []",
      "threatbus/snapshotenvelope {}",
      "\u0000",
    ])
      await app.send(text);
    await app.send(Buffer.from([0xff, 0xfe]));
    await app.send(["stix2/sighting ", "two frames"]);
    await app.send(frame({ ...good, last_seen: { a: 1 } }));
    await eventually(async () => expect(subjects()).toContain("seen.example"));
    expect(new Set(refused)).toEqual(new Set(["no STIX sighting"]));
  });

  it("lets them wait while they cannot be written, and takes them all then", async () => {
    await open(endpoints);
    await connect();
    const numbered = (n: number) => aSighting({ x_threatbus_indicator_value: `n${n}.example` });
    await sendUntil(numbered(0), () => taken.length > 0);
    room = false;
    for (let n = 1; n <= 300; n += 1) await app.send(frame(numbered(n)));
    room = true;
    await eventually(async () => expect(subjects().size).toBe(301), 15_000);
  });

  it("takes none unless configured, and applications keep them to themselves", async () => {
    const { bind, manage } = endpoints;
    await open({ bind, manage });
    await connect();
    for (let n = 0; n < 50; n += 1) await app.send(frame(aSighting({ x_threatbus_indicator_value: "seen.example" })));
    await apply({ target, held: async () => [], close: async () => {} }, { add: [anEntry()] });
    expect([taken, refused]).toEqual([[], []]);
  });
});
