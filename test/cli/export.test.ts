import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { SightingType } from "../../src/model/misp.ts";
import { eventually, RunningCourier } from "../support/running-courier.ts";
import { call } from "./captured-terminal.ts";

const HOUR = 3_600_000;
let courier: RunningCourier;
let ahead = -48 * HOUR;

const exported = (...words: string[]) => call(["export", ...words, "--config", join(courier.directory, "config.yaml")]);
const pull = (info: string, ...attributes: { type: string; value: string; toIds?: boolean }[]) =>
  courier.misp.pullFromServer({
    organisation: { name: "Partner", uuid: "7a1f0c52-6c0b-4d8e-9f7e-2d3b8f6a1caa" },
    info,
    tags: ["tlp:green"],
    attributes,
  });

beforeAll(async () => {
  courier = await RunningCourier.start({}, { clock: () => Date.now() + ahead });
  pull(
    "=cmd|'/c calc'!A1",
    { type: "domain", value: "old.example" },
    { type: "user-agent", value: "=1+1", toIds: true },
  );
  await courier.listed("domain", "old.example");
  ahead = 0;
  pull("New", { type: "ip-dst", value: "198.51.100.7" }, { type: "domain", value: "off.example", toIds: false });
  pull(
    "Pair",
    { type: "domain|ip", value: "pair.example|198.51.100.8" },
    { type: "imphash", value: "a".repeat(32), toIds: true },
  );
  await courier.listed("domain", "old.example", "pair.example");
  await eventually(async () => expect(await courier.list("imphash")).toHaveLength(1));
  await courier.listed("ip-dst", "198.51.100.7");
}, 40_000);

afterAll(() => courier[Symbol.asyncDispose]());

test("ndjson has one object for each active indicator, composite types split", async () => {
  const { code, out } = await exported();
  expect(code).toBe(0);
  const rows = out.split("\n").map((line) => JSON.parse(line));
  const values = ["198.51.100.7", "198.51.100.8", "=1+1", "a".repeat(32), "old.example", "pair.example"];
  expect(rows.map(({ value }) => value).sort()).toEqual(values);
  expect(rows.find(({ value }) => value === "old.example")).toMatchObject({
    type: "domain",
    score: 50,
    key: expect.stringMatching(/^[0-9a-f]{40}$/),
    tags: ["tlp:green"],
    origins: [{ organisation: "Partner", eventInfo: "=cmd|'/c calc'!A1" }],
  });
});

test("--last looks at when events were published", async () => {
  const { out } = await exported("--last", "1d");
  const values = out.split("\n").map((line) => JSON.parse(line).value);
  expect(values).toContain("198.51.100.7");
  expect(values).not.toContain("old.example");
});

test("csv has a header and nothing that a spreadsheet would run", async () => {
  const { out } = await exported("--format", "csv");
  const [header, ...rows] = out.split("\n");
  expect(header).toBe("value,type,score,expires,event_uuid,event,organisation,tags");
  expect(rows).toHaveLength(6);
  for (const cell of rows.flatMap((row) => row.split(","))) expect(cell).not.toMatch(/^"?[=+@-]/);
});

test("stix is one bundle whose references are all in it, and says what has no pattern", async () => {
  const { code, out, err } = await exported("--format", "stix");
  expect(code).toBe(0);
  const { type, objects } = JSON.parse(out);
  expect(type).toBe("bundle");
  const ids = new Set(objects.map(({ id }: { id: string }) => id));
  expect(ids.size).toBe(objects.length);
  const indicators = objects.filter((object: { type: string }) => object.type === "indicator");
  expect(indicators).toHaveLength(5);
  for (const { created_by_ref, object_marking_refs } of indicators) {
    for (const reference of [created_by_ref, ...object_marking_refs]) expect(ids).toContain(reference);
  }
  expect(err).toContain("1 indicator left out");
});

test("two exports have the same ids", async () => {
  const ids = async () => [...(await exported("--format", "stix")).out.matchAll(/indicator--[0-9a-f-]{36}/g)].join();
  expect(await ids()).toBe(await ids());
});

test("an unknown format and a span that is none are refused", async () => {
  expect(await exported("--format", "xml")).toMatchObject({
    code: 64,
    err: expect.stringContaining("ndjson, csv, stix"),
  });
  expect(await exported("--last", "yesterday")).toMatchObject({ code: 64 });
});

test("a forwarder, which does not hear when events are published, refuses --last instead of printing nothing", async () => {
  const file = join(courier.directory, "forwarder.yaml");
  const source = { kafka: { brokers: ["127.0.0.1:1"] } };
  await writeFile(file, stringify({ role: "forwarder", source, targets: {}, state: "./state" }));
  const { code, err } = await call(["export", "--last", "1d", "--config", file]);
  expect([code, err]).toEqual([64, expect.stringContaining("leave --last out")]);
  expect((await call(["export", "--config", file])).out).toContain("old.example");
});

test("csv leaves out values that it cannot write exactly, says how many, and still shows other texts on one line", async () => {
  const exact = ["a b", "one more"];
  const inexact = ["a\nb", "a\u2028b", "one\u001b[31m"];
  pull("Two\nlines", ...[...exact, ...inexact].map((value) => ({ type: "user-agent", value, toIds: true })));
  await eventually(async () => {
    const values = (await exported()).out.split("\n").map((line) => JSON.parse(line).value);
    expect(values).toEqual(expect.arrayContaining([...exact, ...inexact]));
  });
  const { code, out, err } = await exported("--format", "csv");
  expect(code).toBe(0);
  const rows = out.split("\n").filter((row) => row.includes(",user-agent,") && row.includes("Two lines"));
  expect(rows.map((row) => row.split(",")[0]).sort()).toEqual(exact);
  expect(err).toMatch(/^3 indicators left out: their values have control characters.*\.$/);
});

test("a pair that sightings call false is no longer named as where its halves come from", async () => {
  const pair = { type: "domain|ip", value: "shared.example|198.51.100.9" };
  const { attributes } = pull("Called false", pair);
  pull("Stands", { type: "domain", value: "shared.example" });
  const eventsOf = async (value: string) => {
    const rows = (await exported()).out.split("\n").map((line) => JSON.parse(line));
    const row = rows.find((one) => one.value === value);
    return row?.origins.map(({ eventInfo }: { eventInfo: string }) => eventInfo).sort();
  };
  await eventually(async () => expect(await eventsOf("shared.example")).toEqual(["Called false", "Stands"]));
  courier.misp.sight(attributes[0]?.id ?? 0, { type: SightingType.falsePositive });
  await eventually(async () => {
    expect(await eventsOf("198.51.100.9")).toBeUndefined();
    expect(await eventsOf("shared.example")).toEqual(["Stands"]);
  });
});

test("what ran out while the courier was stopped is left out, though nobody has said so in the ledger", async () => {
  await using stopped = await RunningCourier.start({}, { clock: () => Date.now() - 40 * 24 * HOUR });
  const attributes = ["ip-src", "ip-dst"].map((type) => ({ type, value: "198.51.100.20" }));
  stopped.misp.publish(stopped.misp.addEvent({ info: "Of last month", attributes }).id);
  await stopped.listed("ip-src", "198.51.100.20");
  await stopped.listed("ip-dst", "198.51.100.20");
  await stopped.stop();
  const { out } = await call(["export", "--config", join(stopped.directory, "config.yaml")]);
  expect(out.split("\n").map((line) => JSON.parse(line).type)).toEqual(["ip-dst"]);
});
