import { expect, expectTypeOf, test } from "vitest";
import {
  type DocumentKey,
  deletionOf,
  documentKey,
  portions,
  type SomeKeys,
} from "../../src/targets/splunk/deletion.ts";

const keys = (count: number) => Array.from({ length: count }, (_, n) => documentKey({ type: "domain", value: `${n}` }));

test("a deletion cannot be made of no keys, nor of texts that are no keys", () => {
  expectTypeOf<readonly []>().not.toExtend<SomeKeys>();
  expectTypeOf<readonly DocumentKey[]>().not.toExtend<SomeKeys>();
  expectTypeOf<readonly [string]>().not.toExtend<SomeKeys>();
  expectTypeOf(deletionOf).parameter(1).toEqualTypeOf<SomeKeys>();
});

test.each([0, 1, 99, 100, 101, 1_000])(
  "%i keys come in portions that hold each of them once, and none is empty",
  (count) => {
    const made = portions(keys(count));
    expect(made.flat()).toEqual(keys(count));
    for (const portion of made) expect(portion.length).toBeGreaterThan(0);
  },
);

test("a deletion always names its keys", () => {
  for (const portion of portions(keys(101))) {
    const { path, query } = deletionOf("/data/misp_domain", portion);
    expect(path).toBe("/data/misp_domain");
    expect(JSON.parse(String(query?.query))).toEqual({ $or: portion.map((_key) => ({ _key })) });
  }
});
