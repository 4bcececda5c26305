import { describe, expect, test } from "vitest";
import { conditionsOf, type Facts } from "../../src/alerts/conditions.ts";
import { wellAt } from "./well.ts";

const NOW = Date.UTC(2026, 0, 31, 12);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const GIGABYTE = 2 ** 30;
const WELL = wellAt(NOW);
const keysOf = (facts: Partial<Facts>) => conditionsOf({ ...WELL, ...facts }).map(({ key }) => key);
const target = (minutes: number, attempts: number, error = "refused") => ({
  failing: [{ target: "siem", since: NOW - minutes * MINUTE, attempts, error }],
});
const catchUp = (minutes: number, failures: number, refused = false) => ({
  catchUp: { since: NOW - minutes * MINUTE, failures, error: "MISP answered 502", refused },
});

test("a courier that is well gives no reason to alert", () => {
  expect(conditionsOf(WELL)).toEqual([]);
  expect(keysOf({ disk: null })).toEqual([]);
});

describe("what mends itself soon is not worth a message", () => {
  test("the feed is dead after two minutes", () => {
    expect(keysOf({ blind: { since: NOW - MINUTE, cause: "silence" } })).toEqual([]);
    expect(keysOf({ blind: { since: NOW - 2 * MINUTE, cause: "silence" } })).toEqual(["feed"]);
  });

  test.each([
    ["zeromq", "MISP's feed has not been heard for 2 minutes (silence)", "MISP's ZeroMQ publisher"],
    ["kafka", "MISP's feed has not been heard for 2 minutes (silence)", "the brokers of Kafka"],
    ["topic", "The topic has not been heard for 2 minutes (silence)", "the brokers of Kafka"],
  ] as const)("what is listened to over %s is called what it is, with where to look", (feed, sentence, place) => {
    const [condition] = conditionsOf({ ...WELL, feed, blind: { since: NOW - 2 * MINUTE, cause: "silence" } });
    expect(condition?.sentence).toBe(sentence);
    expect(condition?.hint).toContain(place);
  });

  test("catching up fails after three failures over five minutes", () => {
    expect(keysOf(catchUp(60, 2))).toEqual([]);
    expect(keysOf(catchUp(4, 3))).toEqual([]);
    expect(keysOf(catchUp(5, 3))).toEqual(["catch-up"]);
  });

  test("a target is down after three attempts over two minutes", () => {
    expect(keysOf(target(60, 2))).toEqual([]);
    expect(keysOf(target(1, 9))).toEqual([]);
    expect(keysOf(target(2, 3))).toEqual(["target:siem"]);
  });
});

test("a refused key is told at once, and instead of the failing catch-up", () => {
  expect(keysOf(catchUp(0, 1, true))).toEqual(["key"]);
  expect(keysOf(catchUp(60, 9, true))).toEqual(["key"]);
});

test("a key that runs out is announced two weeks before, with its day", () => {
  expect(keysOf({ keyExpires: NOW + 15 * DAY })).toEqual([]);
  const [condition] = conditionsOf({ ...WELL, keyExpires: NOW + 13 * DAY });
  expect(condition).toMatchObject({ key: "key-expires", sentence: expect.stringContaining("2026-02-13") });
});

test("a held change is told for its target", () => {
  expect(keysOf({ held: [{ target: "siem", reason: "it would remove 900 of 1000" }] })).toEqual(["held:siem"]);
});

test.each([
  [0.9, 10, true],
  [4, 100, true],
  [6, 100, false],
  [25, 1000, false],
  [19, 1000, true],
])("a disk with %d of %d GB free: %s", (free, total, alerted) => {
  const disk = { free: free * GIGABYTE, total: total * GIGABYTE };
  expect(keysOf({ disk })).toEqual(alerted ? ["disk"] : []);
});

test("what a far side wrote is defanged, on one line and short", () => {
  const error = `see https://evil.example/x\n@everyone ${"a".repeat(9_000)}`;
  const [condition] = conditionsOf({ ...WELL, ...target(5, 5, error) });
  expect(condition?.sentence).toContain("hxxps://evil[.]example/x [@]everyone");
  expect(condition?.sentence.length).toBeLessThan(500);
});
