import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Caught } from "../../src/courier/catch-up/catch-up.ts";
import { CatchUpLoop } from "../../src/courier/catch-up/loop.ts";
import { silent } from "../../src/log.ts";
import { MispError } from "../../src/misp/errors.ts";

const CAUGHT: Caught = {
  loaded: 0,
  changedEvents: 0,
  vanishedEvents: 0,
  sightings: 0,
  unsettled: 0,
  milliseconds: 1,
};
const EVERY = 600;

describe("catching up", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** A loop whose catch-ups end as they are told to, one after the other; the last one goes on. */
  function aLoop(...ends: (Partial<Caught> | Error)[]) {
    return aLoopThatComes(EVERY, ...ends);
  }

  function aLoopThatComes(every: number, ...ends: (Partial<Caught> | Error)[]) {
    const began: number[] = [];
    const read: (number | undefined)[] = [];
    const start = Date.now();
    const repaired: number[] = [];
    const loop = new CatchUpLoop({
      catchUp: async (_, since) => {
        began.push(Date.now() - start);
        read.push(since);
        const end = ends.length > 1 ? ends.shift() : ends[0];
        if (end instanceof Error) throw end;
        return { ...CAUGHT, ...end };
      },
      spells: { repair: (asked: number) => void repaired.push(asked - start) } as never,
      log: silent,
      signal: new AbortController().signal,
      clock: Date.now,
      every,
    });
    return { loop, began, read, repaired };
  }

  test("comes again on its timer, and once more shortly after it was asked for where something had not settled", async () => {
    const { loop, began, repaired } = aLoop({ unsettled: 1 }, {});
    loop.request();
    await vi.advanceTimersByTimeAsync(EVERY * 1_000 + 4_000);
    expect(began).toEqual([0, 4_000, 4_000 + EVERY * 1_000]);
    expect(repaired).toEqual(began);
    await loop[Symbol.asyncDispose]();
  });

  test("comes no sooner where it is to come less often than a timer can wait", async () => {
    const { loop, began } = aLoopThatComes(30 * 86_400, {});
    loop.request();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(began).toEqual([0]);
    await loop[Symbol.asyncDispose]();
  });

  test("waits longer after each failure, two minutes at the most, and repairs nothing meanwhile", async () => {
    const { loop, began, repaired } = aLoop(new MispError("unreachable", "away"));
    loop.request();
    await vi.advanceTimersByTimeAsync(500_000);
    const pauses = began.slice(1).map((time, index) => time - (began[index] ?? 0));
    expect(pauses).toEqual([2, 4, 8, 16, 32, 64, 120, 120, 120].map((seconds) => seconds * 1_000));
    expect(repaired).toEqual([]);
    expect(loop.failing).toMatchObject({ failures: began.length, error: "away", refused: false });
    await loop[Symbol.asyncDispose]();
  });

  test("waits as long as a MISP with a rate limit asks", async () => {
    const { loop, began } = aLoop(new MispError("busy", "too many requests", { wait: 37_000 }), {});
    loop.request();
    await vi.advanceTimersByTimeAsync(36_999);
    expect(began).toEqual([0]);
    await vi.advanceTimersByTimeAsync(1);
    expect(began).toEqual([0, 37_000]);
    expect(loop.failing).toBeNull();
    await loop[Symbol.asyncDispose]();
  });

  test("comes once more after one that was under way when it was asked for, which may have looked too early", async () => {
    const { loop, began } = aLoop({});
    loop.request();
    loop.request();
    loop.request();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(began).toHaveLength(2);
    await loop[Symbol.asyncDispose]();
  });

  test("reads again from the farthest time that was asked for while one was under way, also after a failure", async () => {
    const { loop, read } = aLoop({}, new MispError("busy", "not now"), {});
    loop.request();
    loop.request(1_000);
    loop.request(9_000);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(read).toEqual([undefined, 1_000, 1_000]);
    await vi.advanceTimersByTimeAsync(EVERY * 1_000);
    expect(read.at(-1)).toBeUndefined();
    await loop[Symbol.asyncDispose]();
  });

  test("reads again once more what was asked for while that was read again", async () => {
    const { loop, read } = aLoop({});
    loop.request(1_000);
    loop.request(9_000);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(read).toEqual([1_000, 9_000]);
    await loop[Symbol.asyncDispose]();
  });
});
