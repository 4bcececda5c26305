import { beforeEach, describe, expect, test } from "vitest";
import { sizeOf } from "../../src/delivery/isolate.ts";
import { Stride } from "../../src/delivery/stride.ts";
import { NotNow, Partly, TooSlow } from "../../src/targets/target.ts";
import { ALane, until } from "../support/a-lane.ts";
import { ALedger, heardEvent, told } from "../support/a-ledger.ts";
import { ATarget } from "../support/a-target.ts";

const slow = new TooSlow("no answer within 120 seconds");

describe("the next step", () => {
  let stride: Stride;

  beforeEach(() => {
    stride = new Stride(2_000, undefined, 120_000);
    stride.tries(2_000);
  });

  test("has half of what was not done in time, down to one", () => {
    stride.fails(slow);
    expect(stride.limit(1)).toBe(1_000);
    stride.tries(3);
    stride.fails(slow);
    expect(stride.limit(2)).toBe(2);
    stride.tries(1);
    stride.fails(slow);
    expect(stride.limit(2)).toBe(2);
  });

  test("has as many after any other failure, and a few once there were three in a row", () => {
    stride.fails(new NotNow("no answer (ECONNREFUSED)"));
    expect([0, 1, 2, 3, 4].map((attempts) => stride.limit(attempts))).toEqual([2_000, 2_000, 2_000, 10, 10]);
  });

  test("has as many while a part of it is done each time, however often the rest fails", () => {
    stride.fails(new Partly("no room for some of it"));
    expect([1, 3, 9].map((attempts) => stride.limit(attempts))).toEqual([2_000, 2_000, 2_000]);
    stride.fails(new NotNow("no answer (ECONNREFUSED)"));
    expect(stride.limit(10)).toBe(10);
  });

  test("has more again once a full one went quickly, and no more than ever", () => {
    stride.fails(slow);
    stride.tries(1_000);
    stride.works(31_000);
    expect(stride.limit(0)).toBe(1_000);
    stride.tries(5);
    stride.works(100);
    expect(stride.limit(0)).toBe(1_000);
    stride.tries(1_000);
    stride.works(29_000);
    stride.tries(2_000);
    stride.works(100);
    expect(stride.limit(0)).toBe(2_000);
  });
});

test("a target that is too slow for a whole step gets everything in smaller ones", async () => {
  const ledger = new ALedger();
  const target = new ATarget((delta) => (sizeOf(delta) > 3 ? Promise.reject(slow) : []));
  ledger.hear(heardEvent(), ...Array.from({ length: 8 }, (_, n) => told({ id: n + 1, value: `d${n}.example` })));
  ledger.published();
  const { lane } = await ALane.open(ledger, target);
  lane.wake();
  await until(() => target.held.size === 8);
});
