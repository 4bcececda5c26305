import { writeFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aFolder } from "../support/a-folder.ts";
import { call } from "./captured-terminal.ts";

const COMMANDS = ["run", "demo", "check", "status", "explain", "catch-up", "splunk-app"];
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

  test("--version tells which one this is, as the package does", async () => {
    const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
    expect(await call(["--version"])).toMatchObject({ code: 0, out: `misp-courier ${version}`, err: "" });
  });

  test("an unknown option, a missing word and one too many are refused with the usage", async () => {
    for (const words of [["status", "--jsno"], ["explain"], ["explain", "a", "b"]]) {
      const { code, err } = await call(words);
      expect(code).toBe(64);
      expect(err).toContain(`usage: misp-courier ${words[0]}`);
    }
  });
});

test.each([
  ["explain", ""],
  ["audit", " "],
  ["sight", ""],
  ["held", "release", ""],
  ["parked", "drop", "  "],
  ["status", "--config="],
  ["run", "--record", ""],
  ["import-broker", "/nowhere", "--output", " "],
  ["demo", "--for", "1s", "--directory", ""],
])("an empty word is refused in %s %j: it would stand for everything, or for nothing", async (...words) => {
  const { code, err } = await call(words);
  expect(code).toBe(64);
  expect(err).toContain("a word is empty");
});

test.each([
  [["\u001b[2J"]],
  [["status", "--\u001b[2J"]],
  [["check", "--config", "/nowhere/\u001b[2J\u202e"]],
  [["replay", "/nowhere/\u009b2J"]],
])("what is complained about in %j cannot rewrite the terminal", async (words) => {
  const { code, err } = await call(words);
  expect(code).toBeGreaterThanOrEqual(64);
  expect(err).toMatch(/u\{?00?1b|u\{1b\}|u\{9b\}/);
  expect(err.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

test.each([["splunk-app"], ["demo", "--for", "1s", "--directory"]])(
  "%s says in one line that it cannot write where it is to",
  async (...words) => {
    const inTheWay = join(aFolder(), "in-the-way");
    writeFileSync(inTheWay, "");
    const { code, err } = await call([...words, join(inTheWay, "folder")]);
    expect(code).toBe(74);
    expect(err).toMatch(/^misp-courier: ENOTDIR: .*in-the-way.*$/);
  },
);

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
  catch_up: {first_load: 9026-01-31}
indicators: {ttl: {domain: soon}}
targets:
  lists: {type: csw}
`;
    const { code, out, err } = await call(["check", "--config", await file(text)]);
    expect(code).toBe(78);
    expect(out).toBe("");
    expect(err).toMatch(/:3\b.*NOT_SET/);
    expect(err).toMatch(/:4\b.*did you mean "zeromq"/);
    expect(err).toMatch(/:5\b.*first_load.*yet to come/);
    expect(err).toMatch(/:6\b.*ttl/);
    expect(err).toMatch(/:8\b.*csv/);
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
