import { expect, test } from "vitest";
import { expiry, timeToLive } from "../../src/curation/ttl.ts";
import { LAST_SECOND } from "../../src/model/iso-time.ts";

const TABLE = { default: 100, domain: 200, md5: null };

test("a type has its own time to live, or that of `default`", () => {
  expect(timeToLive(TABLE, "domain")).toBe(200);
  expect(timeToLive(TABLE, "url")).toBe(100);
  expect(timeToLive(TABLE, "toString")).toBe(100);
});

test("`never` is never, and so is a type that no table names", () => {
  expect(timeToLive(TABLE, "md5")).toBeNull();
  expect(timeToLive({}, "domain")).toBeNull();
  expect(expiry(TABLE, "md5", 1_000)).toBeNull();
});

test("it is counted from the reference", () => {
  expect(expiry(TABLE, "domain", 1_000)).toBe(1_200);
});

test("what an author saw last at the end of all calendars runs out then, and in no year of five digits", () => {
  expect(expiry(TABLE, "domain", LAST_SECOND)).toBe(LAST_SECOND);
});
