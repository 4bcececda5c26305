import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { Intake } from "../../src/courier/intake/intake.ts";
import { silent } from "../../src/log.ts";
import { StateUnwritable } from "../../src/state/damaged.ts";
import { ALedger } from "../support/a-ledger.ts";

test("of messages that cannot be read a few are told in a minute, and all are counted", async () => {
  const ledger = new ALedger();
  const told: string[] = [];
  let now = Date.UTC(2026, 10, 22);
  const intake = new Intake({
    ledger: ledger.ledger,
    log: { ...silent, warn: (sentence) => void told.push(sentence) },
    signal: new AbortController().signal,
    clock: () => now,
    saved: () => undefined,
    asks: () => undefined,
  });
  const frames = Array.from({ length: 1_000 }, () => Buffer.from("misp_json_attribute {"));
  await intake.read(frames);
  expect(told.filter((sentence) => sentence === "A message cannot be read and is skipped")).toHaveLength(10);
  expect(told).toHaveLength(11);
  await intake.heard([]);
  expect(ledger.ledger.fact("unreadable")).toBe("1000");

  now += 60_000;
  await intake.read(frames.slice(0, 3));
  expect(told.slice(11)).toEqual(Array(3).fill("A message cannot be read and is skipped"));
});

test("a ledger that cannot be written is told once in a minute, however many wait for it, and so is its end", async () => {
  const { ledger } = new ALedger();
  const told: string[] = [];
  let now = Date.UTC(2026, 10, 22);
  const say = (sentence: string) => void told.push(sentence);
  const intake = new Intake({
    ledger,
    log: { ...silent, error: say, info: say },
    signal: new AbortController().signal,
    clock: () => now,
    saved: () => undefined,
    asks: () => undefined,
  });
  const full = vi.spyOn(ledger, "apply").mockImplementation(() => {
    throw new StateUnwritable("the disk is full");
  });
  const waiting = Array.from({ length: 5 }, () => intake.answers([], now));
  await nextTurn();
  now += 60_000;
  waiting.push(intake.answers([], now));
  await nextTurn();
  expect(told).toEqual(Array(2).fill("The ledger cannot be written; the feed waits"));
  full.mockRestore();
  await Promise.all(waiting);
  expect(told.slice(2)).toEqual(["The ledger can be written again; the feed goes on"]);
});

test("of messages that a full disk keeps from being kept one is told in a minute, and all are counted", async () => {
  const { ledger } = new ALedger();
  const told: string[] = [];
  let now = Date.UTC(2026, 10, 22);
  const intake = new Intake({
    ledger,
    log: { ...silent, error: (sentence) => void told.push(sentence) },
    signal: new AbortController().signal,
    clock: () => now,
    saved: () => undefined,
    asks: () => undefined,
  });
  const full = vi.spyOn(ledger.unreadable, "keep").mockImplementation(() => {
    throw new StateUnwritable("the disk is full");
  });
  const frames = Array.from({ length: 100 }, () => Buffer.from("misp_json_attribute {"));
  await intake.read(frames);
  now += 60_000;
  await intake.read(frames);
  expect(told).toEqual(Array(2).fill("A message that is skipped cannot be kept either"));
  full.mockRestore();
  await intake.heard([]);
  expect(ledger.fact("unreadable")).toBe("200");
});

test.each([
  [undefined, 1_200, [500, 500, 200]],
  [2_000, 2_100, [2_000, 100]],
  [2_000, 120, [50, 50, 20]],
])("with slices of %s for floods, %s messages at once are saved by %j", async (slice, count, expected) => {
  const { ledger } = new ALedger();
  const sizes: number[] = [];
  const intake = new Intake({
    ledger,
    log: silent,
    signal: new AbortController().signal,
    clock: () => Date.UTC(2026, 10, 22),
    ...(slice ? { slice } : {}),
    saved: ({ length }) => void sizes.push(length),
    asks: () => undefined,
  });
  await intake.heard(Array(count).fill({ kind: "alive", uptime: 1 }));
  expect(sizes).toEqual(expected);
});
