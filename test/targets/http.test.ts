import { stat } from "node:fs/promises";
import { DatabaseSync } from "@photostructure/sqlite";
import { describe, expect, it } from "vitest";
import type { Entry } from "../../src/model/delta.ts";
import { ListStore } from "../../src/targets/http/store.ts";
import { http } from "../../src/targets/http.ts";
import { type Fronted, openFront } from "../http/a-front.ts";
import { ask } from "../support/a-web-page.ts";
import { anEntry } from "../support/entries.ts";
import { targetContract } from "./contract.ts";
import { apply, type FarSide } from "./far-side.ts";

/** The target with a web server in front of it: what it holds is what a firewall is given. */
interface Pulled extends FarSide, Fronted {}

const ONE_BY_ONE = { domains: { types: ["domain"] }, agents: { types: ["user-agent"] } };

async function openPulled(lists: object = ONE_BY_ONE): Promise<Pulled> {
  const front = await openFront(lists);
  const held = async () => [
    ...(await lines(front, "domains")).map((value) => ({ type: "domain", value })),
    ...(await lines(front, "agents")).map((value) => ({ type: "user-agent", value })),
  ];
  // The suite closes the target before the far side.
  const target = { ...front.target, close: async () => {} };
  return { ...front, target, held, close: async () => front[Symbol.asyncDispose]() };
}

/** The lines of a list; none before it has any, when it is answered that there is nothing to say yet. */
async function lines({ url }: Fronted, name: string): Promise<string[]> {
  const { text, status } = await ask(`${url}lists/${name}.txt`);
  return status === 503 ? [] : text.split("\n").slice(0, -1);
}

targetContract("http", {
  open: openPulled,
  trace: async ({ store, url }) => {
    const { mtimeNs, size } = await stat(`${store}-wal`, { bigint: true });
    return { mtimeNs, size, etag: (await ask(`${url}lists/domains.txt`)).headers.etag };
  },
  freeTextType: "user-agent",
  unacceptable: [
    anEntry({ value: "" }),
    anEntry({ value: "good.example\nevil.example" }),
    anEntry({ value: "a\u2028b" }),
    anEntry({ value: "a\u0000" }),
    anEntry({ value: "\ud800" }),
  ],
  outage: async ({ store }) => {
    const other = new DatabaseSync(store);
    other.exec("BEGIN IMMEDIATE");
    return async () => {
      other.exec("ROLLBACK");
      other.close();
    };
  },
});

describe("a list of an http target", () => {
  const scored = (value: string, score: number, facts: Partial<Entry> = {}) => anEntry({ value, score, ...facts });

  it("begins with the best, has room for its capacity, and names the rest", async () => {
    await using front = await openPulled({ domains: { types: ["domain"], capacity: 2 } });
    await apply(front, { add: [scored("low.example", 10), scored("high.example", 90), scored("middle.example", 50)] });
    expect(await lines(front, "domains")).toEqual(["high.example", "middle.example"]);
    const { headers } = await ask(`${front.url}lists/domains.txt`);
    expect(headers).toMatchObject({ "x-entries": "2", "x-left-out": "1" });
    expect((await ask(`${front.url}lists/domains.left-out.txt`)).text).toBe(
      "value,type,score,expires\nlow.example,domain,10,\n",
    );
    await apply(front, { renew: [scored("low.example", 95)] });
    expect(await lines(front, "domains")).toEqual(["low.example", "high.example"]);
    await apply(front, { remove: [scored("high.example", 90)] });
    expect(await lines(front, "domains")).toEqual(["low.example", "middle.example"]);
  });

  it("names the rest and counts it, however many there are, each value once", async () => {
    const several = ["hostname", "domain", "hostname"];
    await using front = await openPulled({
      most: { types: ["domain"], capacity: 200_001 },
      one: { types: ["domain"], capacity: 1 },
      names: { types: several, capacity: 1 },
    });
    const hostnames = ["host-7.example", "other.example"].map((value) => scored(value, 50, { type: "hostname" }));
    const domains = Array.from({ length: 200_003 }, (_, n) => scored(`host-${n}.example`, 50));
    await apply(front, { add: [...hostnames, ...domains] });
    const leftOut = async (name: string) => (await ask(`${front.url}lists/${name}.txt`)).headers["x-left-out"];
    expect([await leftOut("most"), await leftOut("one"), await leftOut("names")]).toEqual(["2", "200002", "200003"]);
    const { text } = await ask(`${front.url}lists/most.left-out.txt`);
    expect(text.split("\n").slice(1, -1)).toHaveLength(2);
  });

  it("has a value of several types once, by its best score, also where it has room for few", async () => {
    await using front = await openPulled({ addresses: { types: ["ip-src", "ip-dst"], capacity: 2 } });
    const add = [
      scored("192.0.2.1", 80, { type: "ip-src" }),
      scored("192.0.2.1", 20, { type: "ip-dst" }),
      scored("192.0.2.2", 50, { type: "ip-dst" }),
      scored("192.0.2.3", 10, { type: "ip-dst" }),
    ];
    await apply(front, { add });
    expect(await lines(front, "addresses")).toEqual(["192.0.2.1", "192.0.2.2"]);
    expect((await ask(`${front.url}lists/addresses.txt`)).headers["x-left-out"]).toBe("1");
  });

  it("gives addresses their prefix length as cidr, and leaves out what is none", async () => {
    await using front = await openPulled({ addresses: { types: ["ip-dst", "domain"], format: "cidr" } });
    const add = ["192.0.2.1", "198.51.100.0/24", "2001:db8::1", "2001:db8:1::/48"].map((value) =>
      scored(value, 50, { type: "ip-dst" }),
    );
    // A library for addresses reads numbers as such, in any notation.
    const numbers = ["64500", "0x7f000001", "010.1.1.1", "1.2", "10/8", "1".repeat(32)].map((value) =>
      scored(value, 95),
    );
    await apply(front, { add: [...add, ...numbers, scored("evil.example", 90)] });
    expect(await lines(front, "addresses")).toEqual([
      "192.0.2.1/32",
      "198.51.100.0/24",
      "2001:db8:1::/48",
      "2001:db8::1/128",
    ]);
  });

  it("keeps the room of a cidr list for addresses: what is none takes none of it, in whatever type it stands", async () => {
    await using front = await openPulled({
      addresses: { types: ["ip-dst", "domain"], format: "cidr", capacity: 2 },
    });
    const better = ["a.example", "b.example"].map((value) => scored(value, 90));
    const addresses = ["192.0.2.1", "192.0.2.2", "192.0.2.3"].map((value, n) => scored(value, 50 - n));
    await apply(front, { add: [...better, ...addresses] });
    expect(await lines(front, "addresses")).toEqual(["192.0.2.1/32", "192.0.2.2/32"]);
    const { headers } = await ask(`${front.url}lists/addresses.txt`);
    expect(headers).toMatchObject({ "x-entries": "2", "x-left-out": "1" });
    expect((await ask(`${front.url}lists/addresses.left-out.txt`)).text).toBe(
      "value,type,score,expires\n192.0.2.3,domain,48,\n",
    );
  });

  it("shows score and expiry as csv, with quotes where they are needed", async () => {
    await using front = await openPulled({ agents: { types: ["user-agent"], format: "csv" } });
    await apply(front, { add: [scored('evil, "bot"', 40, { type: "user-agent", expires: 1_900_000_000 })] });
    const { text, headers } = await ask(`${front.url}lists/agents.txt`);
    expect(text).toBe('value,type,score,expires\n"evil, ""bot""",user-agent,40,2030-03-17T17:46:40Z\n');
    expect(headers["content-type"]).toBe("text/csv; charset=utf-8");
  });

  it("is made of what a restart finds again", async () => {
    await using front = await openPulled();
    await apply(front, { add: [scored("evil.example", 50)] });
    const again = ListStore.open(front.store);
    expect([...again.pages()].flat()).toEqual([{ type: "domain", value: "evil.example", score: 50, expires: null }]);
    again.close();
  });

  it("can be read back as a whole", async () => {
    await using front = await openPulled();
    const add = Array.from({ length: 5_001 }, (_, n) => scored(`host-${n}.example`, 50));
    await apply(front, { add });
    const found = [];
    for await (const page of front.target.list?.(new AbortController().signal) ?? []) found.push(...page);
    expect(new Set(found.map(({ label }) => label)).size).toBe(5_001);
    expect(found[0]).toEqual({
      indicator: { type: "domain", value: "host-0.example" },
      label: "host-0.example",
      shows: "50",
    });
  });
});

describe("the settings of an http target", () => {
  const problems = (lists: unknown) => http.settings.safeParse({ lists }).error?.issues.length;

  it("name lists, each with its types", () => {
    expect(problems({ a: { types: ["domain"] } })).toBeUndefined();
    expect(problems({})).toBe(1);
    expect(problems({ a: { types: [] } })).toBe(1);
    expect(problems({ a: { types: ["domain|ip"] } })).toBe(1);
    expect(problems({ "../a": { types: ["domain"] } })).toBe(1);
    expect(problems({ a: { types: ["domain"], format: "xml" } })).toBe(1);
    expect(problems({ a: { types: ["domain"], capacity: 0 } })).toBe(1);
  });
});
