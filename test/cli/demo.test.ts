import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { demoLine } from "../../src/cli/demo-lines.ts";
import { runCommandLine } from "../../src/cli/index.ts";
import { Values } from "../../src/demo/values.ts";
import { CapturedTerminal, call } from "./captured-terminal.ts";

/** Long enough for a slow machine; the tests end as soon as they have seen what they look for. */
const PATIENCE = 120_000;

describe("the first morning of the demonstration", () => {
  /** One line for each thing that the first half-minute must show, in its order. */
  const SIGHTS = [
    /heard .*“.+” by our SOC: new/,
    /decided .* not listed yet: its event has not been published/,
    /written +[\d.]+ m?s +\+ 198\.51\.100\.\d+ +ip-dst +→ ip-dst\.csv, ips\.txt/,
    /heard +thumbs-down \(false positive\) for 198\.51\.100\.\d+, by our SOC/,
    /written +[\d.]+ m?s +- 198\.51\.100\.\d+ +ip-dst +because sightings of it say false positive/,
    /heard .*by CERT-Northland: new/,
    /decided .* not listed: no filter rule admits it/,
    /heard +thumbs-up \(seen\) for 198\.51\.100\.\d+/,
    /- panel-\S+ +domain +because no attribute holds it up any more/,
    /- mirror-\S+ +hostname +because its IDS flag is off/,
    /- \S+ +ip-src +because its comment or a tag marks it as an exception/,
    /- \S+ +sha256 +because it was deleted in MISP/,
    /- parcel-tracking-\S+ +domain +because its event was deleted/,
    /lists +domain\.csv \d+ · domains\.txt \d+/,
  ];
  let directory: string;
  let written: string;
  let code: number;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "courier-demo-"));
    const terminal = new CapturedTerminal();
    terminal.onOut = (text) => {
      if (SIGHTS.every((sight) => sight.test(text))) terminal.stop();
    };
    code = await runCommandLine(["demo", "--for", "110s", "--speed", "5", "--directory", directory], terminal);
    written = terminal.written;
  }, PATIENCE);

  afterAll(() => rm(directory, { recursive: true, force: true }));

  test.each(SIGHTS)("shows %s", (sight) => {
    expect(written).toMatch(sight);
  });

  test("says first what is to be seen, and last what was done and how to go on", () => {
    expect(written.split("\n")[0]).toContain("simulated MISP");
    expect(written).toMatch(/Written: \d+ added, \d+ removed\. From heard to removed: half within [\d.]+ m?s/);
    expect(written).toMatch(/next: .*check --online\nnext: .*misp-courier run$/);
    expect(code).toBe(0);
  });

  test("leaves its files where it was told to, with the thumbed-up value on the lists", async () => {
    expect(await readdir(directory)).toEqual(["config.yaml", "lists", "state"]);
    const [, value] = /\+ (198\.51\.100\.\d+)/.exec(written) ?? [];
    for (const list of ["ip-dst.csv", "ips.txt"]) {
      expect((await readFile(join(directory, "lists", list), "utf8")).split("\n")).toContain(value);
    }
  });

  test("can be asked with explain afterwards", async () => {
    const [, value = ""] = /\+ (198\.51\.100\.\d+)/.exec(written) ?? [];
    const { out } = await call(["explain", value, "--config", join(directory, "config.yaml")]);
    expect(out).toContain("false positive, by ");
  });
});

test("the demonstration ends by itself after --for, and leaves nothing behind", { timeout: PATIENCE }, async () => {
  const { code, out } = await call(["demo", "--for", "1s"]);
  const [, config = ""] = /--config (\S+)/.exec(out) ?? [];
  expect(code).toBe(0);
  expect(config).toContain("config.yaml");
  expect(existsSync(join(config, ".."))).toBe(false);
});

test("the demonstration has a page as long as it lasts", { timeout: PATIENCE }, async () => {
  const terminal = new CapturedTerminal();
  const seen = new Promise<string>((resolve) => {
    terminal.onOut = (text) => {
      const [, url] = /as a page: (http:\S+)[\s\S]* heard /.exec(text) ?? [];
      if (url) resolve(url);
    };
  });
  const running = runCommandLine(["demo", "--for", "1m"], terminal);
  const url = await seen;
  expect(await (await fetch(url)).text()).toContain("<title>misp-courier</title>");
  terminal.stop();
  expect(await running).toBe(0);
  await expect(fetch(url)).rejects.toThrow();
});

test("the demonstration does not touch a directory with something in it", async () => {
  const directory = await mkdtemp(join(tmpdir(), "courier-demo-"));
  await writeFile(join(directory, "config.yaml"), "mine");
  const { code, err } = await call(["demo", "--for", "1s", "--directory", directory]);
  expect(code).toBe(64);
  expect(err).toContain("is not empty");
  expect(await readFile(join(directory, "config.yaml"), "utf8")).toBe("mine");
  await rm(directory, { recursive: true });
});

test.each([
  ["--for", "soon"],
  ["--for", "0s"],
  ["--for", "2d"],
  ["--speed", "0"],
  ["--speed", "fast"],
])("the demonstration refuses %s %s", async (option, value) => {
  expect(await call(["demo", option, value])).toMatchObject({ code: 64, out: "" });
});

describe("a line of the demonstration", () => {
  const look = { colour: false, width: 80 };

  test("shows what strangers wrote without its control characters", () => {
    const line = { kind: "heard", at: 0, text: "event 1 “\u001b[2J\u0007”" } as const;
    expect(demoLine(line, look)).toBe("  0.0s  heard    event 1 “\\u{1b}[2J\\u{7}”");
  });

  test("goes on under its beginning where the terminal ends", () => {
    const line = { kind: "heard", at: 12_345, text: "word ".repeat(30).trim() } as const;
    const [first = "", second = ""] = demoLine(line, look).split("\n");
    expect(first.indexOf("word")).toBe(second.indexOf("word"));
    expect(Math.max(first.length, second.length)).toBeLessThanOrEqual(80);
  });

  test("has colour only where colour is wanted", () => {
    const line = { kind: "removed", at: 0, text: "", indicator: { type: "domain", value: "a.example" } } as const;
    expect(demoLine(line, { ...look, colour: true })).toContain("\u001b[31m");
    expect(demoLine(line, look)).not.toContain("\u001b");
  });
});

test("the demonstration's addresses are set aside for documentation, and none comes twice", () => {
  const values = new Values();
  const addresses = Array.from({ length: 2_000 }, () => values.address());
  expect(new Set(addresses).size).toBe(2_000);
  for (const address of addresses) expect(address).toMatch(/^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$|^2001:db8::/);
});
