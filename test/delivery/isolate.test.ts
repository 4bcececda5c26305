import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyIsolating, itemsOf, sizeOf } from "../../src/delivery/isolate.ts";
import type { Delta, Refusal } from "../../src/model/delta.ts";
import type { Indicator } from "../../src/model/indicator.ts";
import { NotNow, Refused, type Target } from "../../src/targets/target.ts";
import { aDelta, anEntry } from "../support/entries.ts";

const NEVER = new AbortController().signal;

/** A target that refuses every delta with one of these values in it, without naming them. */
class Squeamish implements Target {
  readonly tries: Delta[] = [];
  readonly held = new Set<string>();
  readonly #bad: ReadonlySet<string>;

  constructor(bad: Iterable<string>) {
    this.#bad = new Set(bad);
  }

  async apply(delta: Delta): Promise<readonly Refusal[]> {
    this.tries.push(delta);
    if (itemsOf(delta).some(({ value }) => this.#bad.has(value))) throw new Refused("400 bad item");
    for (const { value } of delta.remove) this.held.delete(value);
    for (const { value } of [...delta.renew, ...delta.add]) this.held.add(value);
    return [];
  }
}

function valuesOf(items: readonly Indicator[]): string[] {
  return items.map(({ value }) => value).sort();
}

const names = (prefix: string) =>
  fc.uniqueArray(
    fc.nat(60).map((number) => `${prefix}${number}`),
    { maxLength: 20 },
  );
const deltas = fc.record({ add: names("a"), renew: names("n"), remove: names("r") });

function deltaOf({ add, renew, remove }: { add: string[]; renew: string[]; remove: string[] }): Delta {
  const entries = (values: string[]) => values.map((value) => anEntry({ value }));
  return { add: entries(add), renew: entries(renew), remove: remove.map((value) => ({ type: "domain", value })) };
}

test("exactly the items at fault are refused, and all others are applied", async () => {
  const faults = fc.array(
    fc.constantFrom("a", "n", "r").chain((kind) => fc.nat(60).map((number) => `${kind}${number}`)),
  );
  await fc.assert(
    fc.asyncProperty(deltas, faults, async (parts, bad) => {
      const delta = deltaOf(parts);
      const target = new Squeamish(bad);
      for (const value of parts.remove) target.held.add(value);
      const refusals = await applyIsolating(target, delta, NEVER);
      const all = valuesOf(itemsOf(delta));
      expect(valuesOf(refusals)).toEqual(all.filter((value) => bad.includes(value)));
      const shouldHold = [...parts.add, ...parts.renew].filter((value) => !bad.includes(value));
      const couldNotRemove = parts.remove.filter((value) => bad.includes(value));
      expect([...target.held].sort()).toEqual([...shouldHold, ...couldNotRemove].sort());
    }),
  );
});

test("one item at fault among many costs few tries", async () => {
  const entries = Array.from({ length: 1_024 }, (_, index) => anEntry({ value: `a${index}` }));
  const target = new Squeamish(["a700"]);
  expect(await applyIsolating(target, aDelta({ add: entries }), NEVER)).toEqual([
    { type: "domain", value: "a700", reason: "400 bad item" },
  ]);
  expect(target.tries.length).toBeLessThanOrEqual(21);
});

test("a delta that is taken is applied once, as it is", async () => {
  const delta = aDelta({ add: [anEntry()], remove: [{ type: "domain", value: "old.example" }] });
  const target = new Squeamish([]);
  expect(await applyIsolating(target, delta, NEVER)).toEqual([]);
  expect(target.tries).toEqual([delta]);
});

test("what is to be removed is tried before what is to be added", async () => {
  const target = new Squeamish(["a1"]);
  await applyIsolating(target, deltaOf({ add: ["a1", "a2"], renew: ["n1"], remove: ["r1", "r2"] }), NEVER);
  const order = target.tries.filter((delta) => sizeOf(delta) === 1 || delta.add.length === 0);
  expect(order[0]?.remove).toHaveLength(2);
});

describe("any other failure", () => {
  test.for([new NotNow("busy", { wait: 5 }), new Error("a bug")])("%s goes on as it is", async (failure) => {
    const target: Target = { apply: () => Promise.reject(failure) };
    await expect(applyIsolating(target, aDelta({ add: [anEntry()] }), NEVER)).rejects.toBe(failure);
  });

  test("in the middle of the search ends it", async () => {
    let tries = 0;
    const target: Target = {
      apply: async ({ add }) => {
        tries += 1;
        if (add.length > 1) throw new Refused("no");
        throw new NotNow("gone");
      },
    };
    const delta = aDelta({ add: [anEntry({ value: "a" }), anEntry({ value: "b" })] });
    await expect(applyIsolating(target, delta, NEVER)).rejects.toBeInstanceOf(NotNow);
    expect(tries).toBe(2);
  });
});

test("refusals that the target names itself are believed", async () => {
  const refusal = { type: "domain", value: "bad.example", reason: "too long" };
  const target: Target = { apply: async () => [refusal] };
  expect(await applyIsolating(target, aDelta({ add: [anEntry()] }), NEVER)).toEqual([refusal]);
});
