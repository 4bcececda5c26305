import { expect, test, vi } from "vitest";
import { Vigil } from "../../src/courier/intake/vigil.ts";
import { newestSpells } from "../../src/ledger/blind-spells.ts";
import { Database } from "../../src/ledger/database/database.ts";
import { silent } from "../../src/log.ts";
import { ALedger } from "../support/a-ledger.ts";

/** A vigil that hears its feed since 1,000 ms. */
function aVigil() {
  const opened = anUnheardVigil();
  opened.vigil.line({ kind: "connected", at: opened.hands.now });
  return opened;
}

function anUnheardVigil(lastHeard?: number) {
  const { ledger, file } = new ALedger();
  const hands = { now: 1_000, steady: 0 };
  const counts = { missed: 0 };
  const vigil = new Vigil({
    spells: ledger.blindSpells,
    log: silent,
    clock: () => hands.now,
    steady: () => hands.steady,
    missed: () => (counts.missed += 1),
    lastHeard,
  });
  const spells = () => {
    const database = Database.read(file);
    const all = newestSpells(database)(10).toReversed();
    database.close();
    return all.map(({ cause, since, until }) => ({ cause, since, until }));
  };
  return { vigil, hands, counts, spells };
}

const FIRST = { cause: "not heard since the start", since: 1_000, until: 1_000 };

test("a socket that ran over is a blind spell from what was heard before, and asks for a catch-up", () => {
  const { vigil, hands, counts, spells } = aVigil();
  hands.now = 5_000;
  vigil.heard([], false);
  hands.now = 9_000;
  vigil.heard([], true);
  expect(vigil.blindSince).toBeNull();
  expect(spells()).toEqual([FIRST, { cause: "overrun", since: 5_000, until: 9_000 }]);
  expect(counts.missed).toBe(2);
  vigil[Symbol.dispose]();
});

test("a line that is lost again and again while nothing is heard is one blind spell, under its first cause", () => {
  const { vigil, hands, counts, spells } = aVigil();
  for (const now of [2_000, 3_000, 4_000]) vigil.line({ kind: "disconnected", at: now });
  expect(vigil.blindSince).toEqual({ since: 2_000, cause: "disconnected" });
  hands.now = 6_000;
  vigil.line({ kind: "connected", at: 6_000 });
  expect(spells()).toEqual([FIRST, { cause: "disconnected", since: 2_000, until: 6_000 }]);
  expect(counts.missed).toBe(2);
  vigil[Symbol.dispose]();
});

test("a courier that last heard something by a clock that was ahead is deaf since now", () => {
  const { vigil, spells } = anUnheardVigil(90_000);
  expect(spells()).toEqual([{ cause: "the courier was not listening", since: 1_000, until: null }]);
  vigil[Symbol.dispose]();
});

test("silence is noticed by a clock that is set back, too", () => {
  vi.useFakeTimers();
  const { vigil, hands, spells } = aVigil();
  hands.now = -90_000;
  vi.advanceTimersByTime(1_000);
  hands.now += 31_000;
  vi.advanceTimersByTime(1_000);
  expect(spells().at(-1)).toEqual({ cause: "silence", since: -90_000, until: null });
  vigil[Symbol.dispose]();
  vi.useRealTimers();
});

test("a feed that went away by a clock that was ahead is away since that was set back", () => {
  vi.useFakeTimers();
  const { vigil, hands } = aVigil();
  vigil.line({ kind: "disconnected", at: 90_000 });
  vi.advanceTimersByTime(1_000);
  hands.now = 5_000;
  vi.advanceTimersByTime(1_000);
  expect(vigil.blindSince).toEqual({ since: 1_000, cause: "disconnected" });
  vigil[Symbol.dispose]();
  vi.useRealTimers();
});

test("a login that is refused is told as the cause of what goes on, once, however long that is", () => {
  vi.useFakeTimers();
  const { vigil, hands, spells } = aVigil();
  vigil.line({ kind: "disconnected", at: 2_000 });
  for (const now of [3_000, 3_100, 3_200]) {
    vigil.line({ kind: "refused", at: now });
    vigil.line({ kind: "disconnected", at: now });
  }
  hands.now = 60_000;
  vi.advanceTimersByTime(1_000);
  expect(vigil.blindSince).toEqual({ since: 3_000, cause: "login refused" });
  expect(spells()).toEqual([
    FIRST,
    { cause: "disconnected", since: 2_000, until: 3_000 },
    { cause: "login refused", since: 3_000, until: null },
  ]);
  vigil[Symbol.dispose]();
  vi.useRealTimers();
});

test("a courier that hears nothing after its start does not go on saying that it did not run", () => {
  vi.useFakeTimers();
  const { vigil, hands, spells } = anUnheardVigil(400);
  expect(spells()).toEqual([{ cause: "the courier was not listening", since: 400, until: null }]);
  hands.now = 32_000;
  vi.advanceTimersByTime(2_000);
  expect(spells()).toEqual([
    { cause: "the courier was not listening", since: 400, until: 1_000 },
    { cause: "not heard since the start", since: 1_000, until: null },
  ]);
  vigil[Symbol.dispose]();
  vi.useRealTimers();
});

test("a courier that was stopped for a while may have missed something, and asks for a catch-up", () => {
  vi.useFakeTimers();
  const { vigil, hands, counts, spells } = aVigil();
  const pass = (milliseconds: number) => {
    hands.now += milliseconds;
    hands.steady += milliseconds;
    vi.advanceTimersByTime(1_000);
  };
  pass(1_000);
  pass(12_000);
  expect(vigil.blindSince).toBeNull();
  expect(spells()).toEqual([FIRST, { cause: "the courier stood still", since: 2_000, until: 14_000 }]);
  expect(counts.missed).toBe(2);
  pass(2_000);
  expect(spells()).toHaveLength(2);
  vigil.line({ kind: "disconnected", at: hands.now });
  pass(12_000);
  expect(vigil.blindSince).toMatchObject({ cause: "disconnected" });
  vigil[Symbol.dispose]();
  vi.useRealTimers();
});

test("a clock that is set ahead is no courier that stood still", () => {
  vi.useFakeTimers();
  const { vigil, hands, spells } = aVigil();
  hands.now += 20_000;
  hands.steady += 1_000;
  vi.advanceTimersByTime(1_000);
  expect(spells()).toEqual([FIRST]);
  vigil[Symbol.dispose]();
  vi.useRealTimers();
});
