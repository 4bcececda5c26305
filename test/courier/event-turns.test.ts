import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EventTurns, type Occasion } from "../../src/courier/curator/event-turns.ts";
import { eventually } from "../support/running-courier.ts";

const HEARD: Occasion = { complete: false, how: "heard" };
const PULLED: Occasion = { complete: true, how: "pulled" };

let stop: AbortController;
let seen: [string, Occasion][];
let underWay: string[];
let turns: EventTurns;

beforeEach(() => {
  stop = new AbortController();
  seen = [];
  underWay = [];
  turns = new EventTurns({ work, signal: stop.signal });
});

afterEach(async () => {
  vi.useRealTimers();
  await turns[Symbol.asyncDispose]();
});

async function work(uuid: string, occasion: Occasion): Promise<void> {
  expect(underWay).not.toContain(uuid);
  underWay.push(uuid);
  seen.push([uuid, occasion]);
  await pause(5);
  underWay.splice(underWay.indexOf(uuid), 1);
}

test("two occasions of one event never have their turns at the same time, and those that wait become one", async () => {
  turns.take("a", HEARD);
  await Promise.resolve();
  for (const occasion of [HEARD, PULLED, HEARD]) turns.take("a", occasion);
  turns.take("b", HEARD);
  await eventually(async () => expect(seen).toHaveLength(3));
  await pause(20);
  expect(seen.filter(([uuid]) => uuid === "a")).toEqual([
    ["a", HEARD],
    ["a", { complete: true, how: "pulled" }],
  ]);
});

test("an event that is still being written has its turn once nothing more is heard of it", async () => {
  vi.useFakeTimers();
  turns.takeWhenQuiet("a", "heard");
  await vi.advanceTimersByTimeAsync(900);
  turns.prolong("a");
  turns.prolong("another");
  await vi.advanceTimersByTimeAsync(900);
  expect(seen).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(seen).toEqual([["a", { complete: true, how: "heard" }]]);
});

test("an event that is written to without end has its turn all the same, and waits anew then", async () => {
  vi.useFakeTimers();
  const written = async (times: number) => {
    for (let time = 0; time < times; time += 1) {
      if (!turns.prolong("a")) turns.takeWhenQuiet("a", "heard");
      await vi.advanceTimersByTimeAsync(500);
    }
  };
  await written(590);
  expect(seen).toEqual([]);
  await written(20);
  expect(seen).toHaveLength(1);
  await written(580);
  expect(seen).toHaveLength(1);
});

test("what a catch-up comes upon while the feed speaks of it counts as heard", async () => {
  vi.useFakeTimers();
  turns.takeWhenQuiet("a", "heard");
  for (const uuid of ["a", "b"]) turns.takeWhenQuiet(uuid, "missed");
  await vi.advanceTimersByTimeAsync(1_100);
  expect(seen.map(([uuid, { how }]) => `${uuid} ${how}`)).toEqual(["a heard", "b missed"]);
});

test("an event that turns out to be complete is not waited for any more", async () => {
  vi.useFakeTimers();
  turns.takeWhenQuiet("a", "heard");
  turns.take("a", PULLED);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(seen).toEqual([["a", PULLED]]);
});

test("once the courier stops, nobody has a turn", async () => {
  turns.takeWhenQuiet("b", "heard");
  stop.abort();
  turns.take("a", PULLED);
  await turns[Symbol.asyncDispose]();
  expect(seen).toEqual([]);
});
