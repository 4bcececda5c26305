import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { SightingType } from "../../src/model/misp.ts";
import { eventually, RunningCourier } from "../support/running-courier.ts";
import { call } from "./captured-terminal.ts";

/** Thirty domains, a top site, and one address: a slip of the filter to addresses takes off all but one. */
const DOMAINS = Array.from({ length: 30 }, (_, index) => `d${index + 1}.example`);
const GUARD = { guard: { max_removed: { percent: 20, at_least: 5 } } };
const SLIP = { ...GUARD, filter: [{ types: ["ip-dst"] }] };

let courier: RunningCourier;
let ids: number[];

beforeEach(async () => {
  courier = await RunningCourier.start(GUARD);
  const { misp } = courier;
  const event = misp.addEvent({
    info: "Campaign",
    attributes: [...DOMAINS.map((value) => ({ type: "domain", value })), { type: "ip-dst", value: "198.51.100.7" }],
  });
  ids = event.attributes.map(({ id }) => id);
  misp.publish(event.id);
  await courier.listed("domain", ...DOMAINS);
  await recorded();
}, 30_000);

afterEach(() => courier[Symbol.asyncDispose]());

const run = (...words: string[]) => call([...words, "--config", join(courier.directory, "config.yaml")]);
const json = async (...words: string[]) => JSON.parse((await run(...words, "--json")).out);

/** The files are there before the ledger has it on record. */
const recorded = () => eventually(async () => expect(await json("status")).toMatchObject({ targets: [{ lag: 0 }] }));

/** Starts the courier again by other settings. */
async function slip(settings: Record<string, unknown> = SLIP): Promise<void> {
  await courier.stop();
  await courier.start(settings);
  await eventually(async () => expect(await json("held", "list")).toHaveLength(1));
}

describe("a slip of the filter that would take off 95 %", () => {
  test("is held and named, single removals pass, a restart changes nothing, and release lets it go", async () => {
    await slip();
    expect(await json("held", "list")).toMatchObject([
      { target: "blocklists", kind: "remove", count: 30, why: { filtered: 30 }, samples: expect.any(Array) },
    ]);
    expect((await run("held", "list")).out).toMatch(
      /blocklists: 30 removals held since .*30 of 31.*\n +30 +no filter rule/,
    );
    courier.misp.sight(ids[0] ?? 0, { type: SightingType.falsePositive });
    courier.misp.softDelete(ids[1] ?? 0);
    await courier.listed("domain", ...DOMAINS.slice(2));
    await recorded();
    const later = /28 removals.*, at first because 30 of 31 are more than 20 % and more than 5/;
    expect((await run("held", "list")).out).toMatch(later);
    const { out } = await run("status");
    expect(out).toMatch(later);
    expect(out).toContain("blocklists: holds 29, in step but for what its guard holds");
    await courier.stop();
    await courier.start();
    await courier.listed("domain", ...DOMAINS.slice(2));
    const explained = await json("explain", "d5.example");
    expect(explained.indicators[0].targets[0]).toMatchObject({ held: true, aside: { kind: "remove", state: "held" } });
    expect(await run("held", "release", "blocklists")).toMatchObject({
      code: 0,
      out: expect.stringContaining("asked"),
    });
    await courier.listed("domain");
    await recorded();
    expect(await json("held", "list")).toEqual([]);
    const trail = (await json("audit", "d5.example")).map((row: { what: string; who: string }) => [row.who, row.what]);
    expect(trail).toEqual([
      ["rules", "add"],
      ["guard", "hold"],
      ["person", "release"],
      ["rules", "remove"],
    ]);
  });

  test("is discarded on a stopped courier, and what it named stays until something else is said of it", async () => {
    await slip();
    await courier.stop();
    expect(await json("held", "discard")).toEqual({
      decision: "held-discard",
      target: null,
      asked: false,
      changes: 30,
    });
    expect((await run("held", "discard")).out).toContain("0 changes");
    await courier.start();
    courier.misp.sight(ids[0] ?? 0, { type: SightingType.falsePositive });
    await courier.listed("domain", ...DOMAINS.slice(1));
    await recorded();
    expect(await json("held", "list")).toEqual([]);
  });

  test("that was discarded is shown when asked for, and can be let go after all", async () => {
    await slip();
    await courier.stop();
    await run("held", "discard", "blocklists");
    expect((await run("held", "list")).out).toBe(
      "Nothing is held.\nblocklists: 30 removals discarded; see held list --discarded",
    );
    expect(await json("held", "list", "--discarded")).toEqual([
      { target: "blocklists", kind: "remove", count: 30, why: { filtered: 30 }, samples: expect.any(Array) },
    ]);
    expect(await run("held", "discard", "--discarded")).toMatchObject({ code: 64 });
    await courier.start(SLIP);
    expect(await json("held", "release", "--discarded")).toMatchObject({ decision: "discarded-release", asked: true });
    await courier.listed("domain");
    await recorded();
    expect((await run("held", "list", "--discarded")).out).toBe("No discarded change is in effect.");
  });

  test("may be decided on by name when the target is no longer configured, as it is listed", async () => {
    await slip();
    await courier.stop();
    await courier.start({ ...SLIP, targets: { other: { type: "csv", directory: "./elsewhere" } } });
    expect((await run("held", "list", "blocklists")).out).toContain("30 removals held");
    expect(await run("held", "discard", "blocklists")).toMatchObject({ code: 0 });
    await eventually(async () => expect(await json("held", "list")).toEqual([]));
    expect((await run("parked", "drop", "blocklists")).code).toBe(0);
  });

  test("is over when the filter is put right", async () => {
    await slip();
    await courier.stop();
    await courier.start(GUARD);
    await eventually(async () => expect(await json("held", "list")).toEqual([]));
    await courier.listed("domain", ...DOMAINS);
  });
});

describe("plan", () => {
  const write = async (settings: Record<string, unknown>) => {
    const file = join(courier.directory, "next.yaml");
    const { misp, directory } = courier;
    const plain = {
      misp: { url: misp.url, key: misp.key, zeromq: misp.endpoint },
      targets: { blocklists: { type: "csv", directory: "./lists" } },
      state: "./state",
    };
    await writeFile(file, stringify({ ...plain, ...settings }));
    await mkdir(join(directory, "elsewhere"), { recursive: true });
    return file;
  };

  test("of the configuration in force is empty", async () => {
    expect(await json("plan")).toMatchObject({
      targets: [{ name: "blocklists", holds: 31, add: { count: 0 }, renew: { count: 0 }, remove: { count: 0 } }],
      dropped: [],
    });
  });

  test("says what another one would bring, that the guard would hold it, and leaves all as it is", async () => {
    const plan = await json("plan", await write(SLIP));
    expect(plan.targets).toMatchObject([
      { name: "blocklists", isNew: false, add: { count: 0 }, remove: { count: 30, why: { filtered: 30 } } },
    ]);
    expect(plan.targets[0].held).toEqual([expect.stringContaining("30 of 31")]);
    await courier.listed("domain", ...DOMAINS);
    expect((await readdir(join(courier.directory, "state"))).filter((name) => name.startsWith("plan-"))).toEqual([]);
  });

  test("says of a configuration with another state that it is told by the one in force", async () => {
    const { out, err } = await run("plan", await write({ ...GUARD, state: "./elsewhere" }));
    expect(out).toContain("blocklists: holds 31, +0 -0 ~0");
    expect(err).toMatch(
      /^note: .* has another state: this is told by the one in force, of which .*elsewhere knows nothing$/,
    );
    expect((await run("plan", await write(GUARD))).err).toBe("");
  });

  test("knows that a target which is retired is emptied past its guard", async () => {
    const blocklists = { type: "csv", directory: "./lists", retire: true };
    const plan = await json("plan", await write({ ...GUARD, targets: { blocklists } }));
    expect(plan.targets).toMatchObject([{ remove: { count: 31, why: { retired: 31 } }, held: [] }]);
  });

  test("says how much stays behind at the place of a target that gets another one", async () => {
    const file = await write({ targets: { blocklists: { type: "csv", directory: "./elsewhere" } } });
    const moved = { name: "blocklists", holds: 0, leaves: 31, add: { count: 31 }, remove: { count: 0 } };
    expect((await json("plan", file)).targets).toMatchObject([moved]);
    expect((await run("plan", file)).out).toContain("! its former place keeps the 31 that it holds");
    const same = await write({});
    expect((await json("plan", same)).targets).toMatchObject([{ holds: 31, leaves: 0 }]);
    expect((await run("plan", same)).out).not.toContain("former place");
  });

  test("names the top sites that would come or go, on a stopped courier, too", async () => {
    const folder = join(courier.directory, "warninglists", "top");
    await mkdir(folder, { recursive: true });
    const list = {
      name: "Top sites",
      type: "hostname",
      version: 1,
      description: "",
      list: ["d3.example"],
      matching_attributes: ["domain"],
    };
    await writeFile(join(folder, "list.json"), JSON.stringify({ ...list, category: "known" }));
    await courier.stop();
    const drops = await json("plan", await write({ ...GUARD, guard: { protect: ["Top sites"] } }));
    expect(drops.targets[0]).toMatchObject({
      remove: { count: 1, why: { protected: 1 } },
      casualties: {
        count: 1,
        named: [{ type: "domain", value: "d3.example", change: "remove", named: ["Top sites"] }],
      },
    });
    const second = {
      blocklists: { type: "csv", directory: "./lists" },
      other: { type: "csv", directory: "./elsewhere" },
    };
    const adds = await run("plan", await write({ ...GUARD, targets: second }));
    expect(adds.out).toContain("other: new, +31 -0 ~0");
    expect(adds.out).toContain("! adds domain d3.example: Top sites");
    const renamed = await json("plan", await write({ targets: { other: second.other } }));
    expect(renamed.dropped).toEqual([{ name: "blocklists", holds: 31 }]);
  });
});

describe("audit", () => {
  test("tells who did what, when and why, of a value and of late", async () => {
    courier.misp.sight(ids[0] ?? 0, { type: SightingType.falsePositive });
    await courier.listed("domain", ...DOMAINS.slice(1));
    await recorded();
    const rows = await json("audit", "D1.example");
    expect(rows).toMatchObject([
      { who: "rules", what: "add", target: "blocklists", attribute: ids[0], answer: "" },
      { who: "rules", what: "remove", why: "false_positive", sightedBy: expect.any(String) },
    ]);
    expect((await run("audit", "d1.example")).out).toMatch(/remove +domain d1.example +blocklists: sightings of it/);
    expect(await json("audit", "--since", "1h")).toHaveLength(32);
    expect((await run("audit", "never.example")).out).toBe("Nothing is on record.");
  });

  test("asks for one of the two", async () => {
    for (const [complaint, ...words] of [
      ["name a value, or give --since"],
      ["it takes a value or --since, not both", "a.example", "--since", "1d"],
      ["--since takes a duration", "--since", "soon"],
    ]) {
      expect(await run("audit", ...words)).toMatchObject({ code: 64, err: expect.stringContaining(complaint ?? "") });
    }
  });
});

test("a decision that the running courier is asked for is told in JSON, too", async () => {
  expect(await json("parked", "retry", "blocklists")).toEqual({
    decision: "parked-retry",
    target: "blocklists",
    asked: true,
    changes: null,
  });
});

test("a list of what is parked that is as long as it may be says that retry sends the others again, too", async () => {
  await courier.stop();
  const parked = DOMAINS.slice(0, 2).map((value) => ({
    type: "domain",
    value,
    operation: "add",
    reason: "400",
    at: 1,
  }));
  const entry = { position: 0, attempts: 0, failingSince: null, nextAttempt: null, lastError: null };
  const many = Array.from({ length: 500 }, () => parked).flat();
  for (const [items, last] of [
    [parked, /^blocklists: add domain d2\.example/],
    [many, /newest.*retry sends again all/],
  ] as const) {
    const targets = { blocklists: { ...entry, parked: items } };
    await writeFile(join(courier.directory, "state", "journal.json"), JSON.stringify({ version: 1, targets }));
    expect((await run("parked", "list")).out.split("\n").at(-1)).toMatch(last);
  }
});

test("a decision names a target that there is, and a word that there is", async () => {
  expect((await run("held", "release", "siem")).code).toBe(64);
  expect((await run("held", "let-go")).code).toBe(64);
  expect((await run("parked", "list")).out).toBe("Nothing is parked.");
});
