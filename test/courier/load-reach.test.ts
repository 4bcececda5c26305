import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  covers,
  queriesOf,
  type Reach,
  reachOf,
  reachOfAttribute,
  together,
} from "../../src/courier/catch-up/load-reach.ts";
import { load } from "../config/configuration.ts";

const DAY = 86_400;
const NOW = 1_800_000_000;
const MISP = "misp: {url: https://misp.example.org, key: k3y";

const reach = (catchUp = "{}", rest = "") => reachOf(load(`${MISP}, catch_up: ${catchUp}}\n${rest}`), NOW);
const archive = (settings: string) => `targets: {archive: {type: csv, directory: ./archive, ${settings}}}\n`;

describe("how far back the first load looks", () => {
  test("is as far as each type's TTL reaches, to the beginning for what never runs out", () => {
    expect(reach()).toMatchObject({ default: NOW - 30 * DAY, "ip-dst": NOW - 90 * DAY, url: NOW - 365 * DAY, md5: 0 });
  });

  test("is as far as the target reaches that keeps a type longest", () => {
    expect(reach("{}", archive("ttl: {domain: 400d, md5: 1d}"))).toMatchObject({ domain: NOW - 400 * DAY, md5: 0 });
    expect(reach("{}", archive("ttl: {default: never}"))).toMatchObject({ default: 0, "ip-src": 0 });
  });

  test("does not go by a target that is switched off", () => {
    expect(reach("{}", archive("ttl: {domain: 400d}, enabled: false"))).toEqual(reach());
  });

  test("is a duration or a date, whatever the type, where the configuration names one", () => {
    expect(reach("{first_load: 7d}")).toEqual({ default: NOW - 7 * DAY });
    expect(reach("{first_load: 2026-01-01}")).toEqual({ default: Date.UTC(2026, 0, 1) / 1000 });
  });

  test("is of a composite type as far as the part that lives longest", () => {
    expect(reachOfAttribute(reach(), "hostname|port")).toBe(NOW - 182 * DAY);
    expect(reachOfAttribute(reach(), "malware-sample")).toBe(0);
    expect(reachOfAttribute(reach("{}", "indicators: {ttl: {ip-dst: never}}\n"), "ip-dst|port")).toBe(0);
  });
});

describe("MISP is asked", () => {
  test("from the beginning for what never runs out, and from the longest TTL on for everything changed or seen", () => {
    const [endless, changed, seen] = queriesOf(reach());
    expect(endless).toMatchObject({
      since: 0,
      types: expect.arrayContaining(["md5", "filename|md5", "malware-sample"]),
    });
    expect(endless?.types).not.toContain("default");
    expect(changed).toEqual({ types: null, since: NOW - 365 * DAY });
    expect(seen).toEqual({ types: null, since: 0, seen: NOW - 365 * DAY });
  });

  test("once where nothing runs out", () => {
    expect(queriesOf({ default: 0, md5: 0 })).toEqual([{ types: null, since: 0 }]);
  });

  test.each(["100y", "1960-01-01"])("once where it is to be asked for what is as old as %s", (first) => {
    expect(queriesOf(reach(`{first_load: ${first}}`))).toEqual([{ types: null, since: 0 }]);
  });
});

const anyReach = fc
  .tuple(fc.nat(5), fc.dictionary(fc.constantFrom("ip-dst", "md5", "url"), fc.nat(5)))
  .map(([rest, types]): Reach => ({ ...types, default: rest }));

test("what two readings read together covers each of them, and all that both cover", () => {
  fc.assert(
    fc.property(anyReach, anyReach, anyReach, (one, other, wanted) => {
      const both = together(one, other);
      expect([covers(both, one), covers(both, other), covers(one, one)]).toEqual([true, true, true]);
      if (covers(one, wanted) || covers(other, wanted)) expect(covers(both, wanted)).toBe(true);
    }),
  );
});

test("a reading does not cover what goes further back in a single type", () => {
  expect(covers({ default: 5 }, { default: 5, md5: 4 })).toBe(false);
  expect(covers({ default: 5, md5: 6 }, { default: 5 })).toBe(false);
  expect(covers({ default: 5, md5: 0 }, { default: 6 })).toBe(true);
});
