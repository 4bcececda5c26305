import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { Database } from "../../src/ledger/database/database.ts";
import { IN_DOUBT } from "../../src/ledger/delta/step.ts";
import { SightingType } from "../../src/model/misp.ts";
import { wireAttribute } from "../support/frames.ts";
import { eventually, RunningCourier } from "../support/running-courier.ts";
import { call } from "./captured-terminal.ts";

describe("status and explain", () => {
  const HOSTILE = "agent\u001b[2J\u202e\u0007";
  let courier: RunningCourier;
  let config: string;

  beforeAll(async () => {
    courier = await RunningCourier.start();
    config = join(courier.directory, "config.yaml");
    const { misp } = courier;
    const { attributes, id } = misp.pullFromServer({
      organisation: { name: "Partner \u001b]0;title\u0007", uuid: "7a1f0c52-6c0b-4d8e-9f7e-2d3b8f6a1caa" },
      info: "Campaign \u001b[31m",
      tags: ["tlp:green"],
      attributes: [
        { type: "domain", value: "Held.example" },
        { type: "domain", value: "down.example" },
        { type: "domain", value: "cleared.example", toIds: false },
        { type: "ip-dst", value: "198.51.100.300", toIds: true },
        { type: "user-agent", value: HOSTILE, toIds: true },
      ],
    });
    expect(id).toBeGreaterThan(0);
    await courier.listed("domain", "held.example", "down.example");
    misp.sight(attributes[1]?.id ?? 0, { type: SightingType.falsePositive, source: "proxy\u001b[1A" });
    await courier.listed("domain", "held.example");
  }, 30_000);

  afterAll(() => courier[Symbol.asyncDispose]());

  const explain = (...words: string[]) => call(["explain", ...words, "--config", config]);

  test("explain shows who holds a value up and where it is", async () => {
    const { code, out } = await explain("held.example");
    expect(code).toBe(0);
    expect(out).toMatch(/^domain held\.example\n +active/);
    expect(out).toMatch(/attribute \d+ \(domain\) of event \d+ "Campaign .* by Partner/);
    expect(out).toContain("tags: tlp:green");
    expect(out).toMatch(/blocklists: holds it since .*, is to hold it until /);
  });

  test("explain finds a value however it is written", async () => {
    expect((await explain(" HELD.example. ")).out).toContain("domain held.example");
  });

  test("explain gives the reason for what is on no list", async () => {
    const { code, out } = await explain("down.example");
    expect(code).toBe(0);
    expect(out).toContain("withheld: sightings of it say false positive");
    expect(out).toMatch(/sightings of this value:\n.*false positive, by/);
    expect(out).toContain("blocklists: does not hold it, is not to hold it: sightings of it");
    expect((await explain("cleared.example")).out).toContain("its IDS flag is off");
  });

  test("explain tells what was never heard of from what makes no indicator", async () => {
    const never = await explain("never.example");
    expect(never).toMatchObject({ code: 0 });
    expect(never.out).toContain("never.example was never heard of");
    expect((await explain("198.51.100.300")).out).toContain("not a valid value of its type");
  });

  test("explain --json can be parsed and names the reason by its word", async () => {
    const { code, out } = await explain("down.example", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      value: "down.example",
      indicators: [
        {
          type: "domain",
          withheld: "false_positive",
          supports: [{ type: "domain", withheld: null }],
          targets: [{ name: "blocklists", held: false, wanted: false, withheld: "false_positive", expires: null }],
        },
      ],
    });
  });

  test.for([
    ["explain", ["explain", "held.example", "--target", "blocklist"]],
    ["drift", ["drift", "blocklist"]],
    ["held", ["held", "list", "blocklist"]],
  ] as const)("%s refuses a target that there is not, and names the one that was meant", async ([, words]) => {
    const { code, err } = await call([...words, "--config", config]);
    expect(code).toBe(64);
    expect(err).toContain("there is no target blocklist, did you mean blocklists?; there is blocklists");
  });

  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come through
  const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;

  test("nothing that strangers wrote can move the cursor or colour the screen", async () => {
    for (const value of [HOSTILE, "held.example", "down.example", "\u001b[2J"]) {
      const { code, out, err } = await explain(value);
      expect(code).toBe(0);
      expect(out + err).not.toMatch(CONTROL);
    }
    expect((await explain(HOSTILE)).out).toContain("\\u{1b}[2J");
  });

  test("status counts what is active, what is withheld and why, and how far each target is", async () => {
    const { code, out } = await call(["status", "--config", config]);
    expect(code).toBe(0);
    expect(out).toMatch(/Indicators: \d+ active, from 5 attributes in 1 event\./);
    expect(out).toMatch(/1 +sightings of it say false positive/);
    expect(out).toMatch(/1 +its IDS flag is off/);
    expect(out).toMatch(/blocklists: holds \d+, in step/);
  });

  test("status shows a message that could not be read without its control characters", async () => {
    courier.misp.sendRaw("misp_json_attribute {\u001b[2J");
    await eventually(async () => {
      const { out } = await call(["status", "--config", config]);
      expect(out).toContain("1 could not be read");
      expect(out).not.toMatch(CONTROL);
    });
  });

  test("status shows the last words of a target without what turns those around them, and what is in doubt", async () => {
    const empty = await mkdtemp(join(tmpdir(), "courier-failing-"));
    const file = join(empty, "config.yaml");
    await writeFile(
      file,
      "misp: {url: 'https://m.example', key: k}\ntargets: {siem: {type: csv, directory: ./lists}}\n",
    );
    const since = { position: 0, attempts: 3, failingSince: 1, nextAttempt: 2, parked: [] };
    const targets = { siem: { ...since, lastError: "refused\u202e\u001b[2J" } };
    await mkdir(join(empty, "state"));
    await writeFile(join(empty, "state", "journal.json"), JSON.stringify({ version: 1, targets }));
    const database = Database.open(join(empty, "state", "ledger.sqlite"));
    database.prepare("INSERT INTO target (name, rules, place, position) VALUES (?, '', '', 0)").run("siem");
    for (const [indicator, shown] of [
      [1, ""],
      [2, IN_DOUBT],
    ] as const) {
      database.prepare("INSERT INTO held (target, indicator, shown, since) VALUES (1, ?, ?, 0)").run(indicator, shown);
    }
    database.close();
    const { out } = await call(["status", "--config", file]);
    expect(out).toContain("siem: holds 2 (1 of them in doubt), failing");
    expect(out).toContain("refused\\u{202e}\\u{1b}[2J");
    expect(out).not.toMatch(CONTROL);
    await writeFile(file, "misp: {url: 'https://m.example', key: k}");
    const dropped = await call(["status", "--config", file]);
    expect(dropped.out).toContain("siem: keeps 2 (1 of them in doubt), no longer configured");
    await rm(empty, { recursive: true });
  });

  test("status says of a target that is fed no longer that it keeps what it has, and why", async () => {
    const text = await readFile(config, "utf8");
    const other = join(courier.directory, "other.yaml");
    const statusAfter = async (word: string, instead: string) => {
      await writeFile(other, text.replace(word, instead));
      return (await call(["status", "--config", other])).out;
    };
    const switchedOff = await statusAfter("type: csv", "type: csv\n    enabled: false");
    expect(switchedOff).toMatch(/blocklists: keeps \d+, switched off$/m);
    expect((await call(["explain", "held.example", "--config", other])).out).toMatch(
      /blocklists: holds it .*switched off$/m,
    );
    expect(await statusAfter("blocklists:", "others:")).toMatch(/blocklists: keeps \d+, no longer configured$/m);
  });

  test("status --json can be parsed", async () => {
    const { out } = await call(["status", "--config", config, "--json"]);
    expect(JSON.parse(out)).toMatchObject({
      withheld: { false_positive: 1, to_ids: 1 },
      events: 1,
      targets: [{ name: "blocklists", lag: 0, attempts: 0, parked: expect.any(Number) }],
    });
  });

  test("a time that no calendar has keeps nobody from explaining what bears it", async () => {
    const attribute = wireAttribute({
      id: "900",
      event_id: "900",
      value: "late.example",
      timestamp: "999999999999999",
    });
    courier.misp.sendRaw(`misp_json_attribute ${JSON.stringify({ Attribute: attribute, action: "add" })}`);
    await eventually(async () => {
      const { code, out, err } = await explain("late.example");
      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(out).toContain("changed 9999-12-31T23:59:59Z");
    });
  });

  test("a second courier does not start on the same state", async () => {
    const { code, err } = await call(["run", "--config", config]);
    expect(code).toBe(69);
    expect(err).toContain("in use by another misp-courier");
  });

  test("both say so where no courier has run yet", async () => {
    const empty = await mkdtemp(join(tmpdir(), "courier-empty-"));
    const file = join(empty, "config.yaml");
    await writeFile(file, "misp: {url: 'https://misp.example.org', key: k}\n");
    for (const words of [["status"], ["explain", "a.example"]]) {
      const { code, err } = await call([...words, "--config", file]);
      expect(code).toBe(66);
      expect(err).toContain("has the courier run with this configuration?");
    }
    await rm(empty, { recursive: true });
  });
});

test("explain says of a target that fails that it may hold what it was sent, and not that it does", async () => {
  const gone = { type: "webhook", url: "http://127.0.0.1:1/", secret: `whsec_${btoa("s".repeat(32))}` };
  const courier = await RunningCourier.start({ targets: { gone } });
  onTestFinished(() => courier[Symbol.asyncDispose]());
  courier.publishDomains("a.example");
  const config = join(courier.directory, "config.yaml");
  await eventually(async () => {
    const { out } = await call(["explain", "a.example", "--config", config]);
    expect(out).toContain("gone: may hold it (a delivery failed half-way), is to hold it until ");
  });
  const { out } = await call(["explain", "a.example", "--config", config, "--json"]);
  expect(JSON.parse(out).indicators[0].targets).toMatchObject([{ name: "gone", held: true, doubtful: true }]);
});
