import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SightingType } from "../../src/model/misp.ts";
import { eventually, RunningCourier } from "../support/running-courier.ts";
import { call } from "./captured-terminal.ts";

const COMMANDS = ["run", "demo", "check", "status", "explain"];
const SHIPPED = fileURLToPath(new URL("../../config.yaml", import.meta.url));

describe("the table of commands", () => {
  test("an unknown command is refused with those that there are", async () => {
    const { code, out, err } = await call(["lauch"]);
    expect(code).toBe(64);
    expect(out).toBe("");
    expect(err).toContain('no command "lauch"');
    for (const name of COMMANDS) expect(err).toContain(name);
  });

  test("the name of an object's own member is no command", async () => {
    expect(await call(["constructor"])).toMatchObject({ code: 64 });
  });

  test.each([[[]], [["help"]], [["--help"]], [["-h"]]])("%j shows every command", async (words) => {
    const { code, out } = await call(words);
    expect(code).toBe(0);
    for (const name of COMMANDS) expect(out).toMatch(new RegExp(`^ +${name}\\b`, "m"));
  });

  test.each(COMMANDS)("help for %s shows how it is called, without doing it", async (name) => {
    const expected = expect.stringContaining(`usage: misp-courier ${name}`);
    expect(await call([name, "--help"])).toMatchObject({ code: 0, out: expected, err: "" });
    expect(await call(["help", name])).toMatchObject({ code: 0, out: expected });
  });

  test("an unknown option, a missing word and one too many are refused with the usage", async () => {
    for (const words of [["status", "--jsno"], ["explain"], ["explain", "a", "b"]]) {
      const { code, err } = await call(words);
      expect(code).toBe(64);
      expect(err).toContain(`usage: misp-courier ${words[0]}`);
    }
  });
});

describe("check", () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "courier-check-"));
  });

  afterAll(() => rm(directory, { recursive: true }));

  async function file(text: string): Promise<string> {
    const path = join(directory, "config.yaml");
    await writeFile(path, text);
    return path;
  }

  test("names every mistake with its line, and the code says that the configuration is at fault", async () => {
    const text = `misp:
  url: https://misp.example.org
  key: \${NOT_SET}
  zeromk: tcp://127.0.0.1:50000
indicators: {ttl: {domain: soon}}
targets:
  lists: {type: csw}
`;
    const { code, out, err } = await call(["check", "--config", await file(text)]);
    expect(code).toBe(78);
    expect(out).toBe("");
    expect(err).toMatch(/:3\b.*NOT_SET/);
    expect(err).toMatch(/:4\b.*did you mean "zeromq"/);
    expect(err).toMatch(/:5\b.*ttl/);
    expect(err).toMatch(/:7\b.*csv/);
  });

  test("a file that is not there is a fault of the configuration, too", async () => {
    const { code, err } = await call(["check", "-c", join(directory, "none.yaml")]);
    expect(code).toBe(78);
    expect(err).toContain("there is no such file");
  });

  test("finds the shipped file sound with nothing but MISP_API_KEY set", async () => {
    const { code, out } = await call(["check", "--config", SHIPPED], { MISP_API_KEY: "k".repeat(40) });
    expect(code).toBe(0);
    expect(out).toContain("blocklists (csv)");
  });

  test("says which variable the shipped file lacks", async () => {
    const { code, err } = await call(["check", "--config", SHIPPED]);
    expect(code).toBe(78);
    expect(err).toContain("MISP_API_KEY");
  });
});

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
    expect(out).toContain("withheld: the newest sighting of it says false positive");
    expect(out).toMatch(/sightings of this value:\n.*false positive, by/);
    expect(out).toContain("blocklists: does not hold it, is not to hold it: the newest sighting");
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

  test("explain refuses a target that there is not", async () => {
    const { code, err } = await explain("held.example", "--target", "siem");
    expect(code).toBe(64);
    expect(err).toContain("there is blocklists");
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
    expect(out).toMatch(/Indicators: \d+ active, from 5 attributes in 1 events/);
    expect(out).toMatch(/1 +the newest sighting of it says false positive/);
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

  test("status --json can be parsed", async () => {
    const { out } = await call(["status", "--config", config, "--json"]);
    expect(JSON.parse(out)).toMatchObject({
      withheld: { false_positive: 1, to_ids: 1 },
      events: 1,
      targets: [{ name: "blocklists", lag: 0, attempts: 0, parked: expect.any(Number) }],
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
      expect(code).toBe(1);
      expect(err).toContain("has the courier run with this configuration?");
    }
    await rm(empty, { recursive: true });
  });
});
