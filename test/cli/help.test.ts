import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { help, wrap } from "../../src/cli/help.ts";
import { aFolder } from "../support/a-folder.ts";
import { CapturedTerminal, call } from "./captured-terminal.ts";

const COMMAND = {
  usage: "carry WHAT",
  summary: "Carry a thing from one place to another, however far that may be, and come back.",
  options: {},
  words: [1, 1] as [number, number],
  run: async () => 0,
};

test.each([
  ["lauch", undefined],
  ["expalin", "explain"],
  ["catchup", "catch-up"],
])("%s is no command, and means %s", async (word, meant) => {
  const { code, err } = await call([word]);
  expect(code).toBe(64);
  expect(/did you mean "(.*)"\?/.exec(err)?.[1]).toBe(meant);
});

test("help for what is no command says so, and for help itself shows every command", async () => {
  expect(await call(["help", "expalin"])).toMatchObject({
    code: 64,
    out: "",
    err: expect.stringContaining('no command "expalin", did you mean "explain"?'),
  });
  expect(await call(["help", "constructor"])).toMatchObject({ code: 64 });
  expect(await call(["help", "help"])).toEqual(await call(["help"]));
});

test.each([40, 60, 80, 120])("on a terminal of %d columns, no line of the help is wider", (width) => {
  const terminal = Object.assign(new CapturedTerminal(), { width });
  help({ carry: COMMAND, "take-back": COMMAND }, undefined, terminal);
  for (const line of terminal.written.split("\n")) expect(line.length).toBeLessThanOrEqual(width);
});

test("a word that is longer than the line has one to itself", () => {
  expect(wrap("a bb cccccccc d", 4)).toEqual(["a bb", "cccccccc", "d"]);
});

test.each([
  ["demo", "--for", "--directory", "--speed"],
  ["import-broker", "--output", "--only"],
  ["explain", "--target"],
  ["service", "--instance", "--user", "--dry-run"],
])("the help of %s says what its options do", async (command, ...options) => {
  const { out } = await call(["help", command]);
  const [, said = ""] = /\n\n([\s\S]*)/.exec(out) ?? [];
  for (const option of options) expect(said).toContain(option);
});

describe("completion", () => {
  /** What bash proposes for the last of these words. */
  async function proposed(...words: string[]): Promise<string[]> {
    const file = join(aFolder(), "completion.bash");
    await writeFile(file, (await call(["completion", "bash"])).out);
    const typed = ["misp-courier", ...words].map((word) => `'${word}'`).join(" ");
    const script = `source '${file}'; compopt() { :; }; COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _misp_courier; echo "\${COMPREPLY[*]}"`;
    const { stdout } = await promisify(execFile)("bash", ["-c", script]);
    return stdout.split(/\s+/).filter((word) => word !== "");
  }

  test("bash completes commands, their options and the words they take", async () => {
    expect(await proposed("ex")).toEqual(["explain", "export"]);
    expect(await proposed("status", "--j")).toEqual(["--json"]);
    expect(await proposed("service", "un")).toEqual(["uninstall"]);
    expect(await proposed("completion", "")).toEqual(expect.arrayContaining(["bash", "zsh", "fish"]));
  });

  test("bash completes what an option takes, and nothing where that is a word of one's own", async () => {
    expect(await proposed("export", "--format", "")).toEqual(["ndjson", "csv", "stix"]);
    expect(await proposed("catch-up", "--since", "")).toEqual([]);
    expect(await proposed("demo", "--directory", "--")).toEqual([]);
  });

  test("bash completes a word that stands behind an equals sign", async () => {
    expect(await proposed("export", "--format", "=")).toEqual(["ndjson", "csv", "stix"]);
    expect(await proposed("export", "--format", "=", "c")).toEqual(["csv"]);
  });

  test("every shell knows what help can be asked about", async () => {
    expect(await proposed("help")).toEqual(["help"]);
    expect(await proposed("help", "ca")).toEqual(["catch-up"]);
    for (const shell of ["zsh", "fish"])
      expect((await call(["completion", shell])).out).toMatch(/help.*run demo check .* service completion\b/);
  });

  test("zsh and fish know which options take something, and what", async () => {
    const [zsh, fish] = await Promise.all(
      ["zsh", "fish"].map(async (shell) => (await call(["completion", shell])).out),
    );
    expect(zsh).toContain("'--format=:word:(ndjson csv stix)'");
    expect(zsh).toContain("'--since=:word:()'");
    expect(zsh).toContain("'--directory=:file:_files'");
    expect(zsh).toContain("'--json'");
    expect(fish).toContain("-l format -x -a 'ndjson csv stix'\n");
    expect(fish).toContain("-l since -x\n");
    expect(fish).toContain("-l directory -r -F\n");
  });

  test.each(["bash", "zsh", "fish"])("%s is told of every command", async (shell) => {
    const { code, out } = await call(["completion", shell]);
    expect(code).toBe(0);
    for (const name of ["run", "check", "explain", "catch-up", "backup"]) expect(out).toContain(name);
  });

  test("another shell is refused", async () => {
    expect(await call(["completion", "tcsh"])).toMatchObject({
      code: 64,
      err: expect.stringContaining("bash, zsh, fish"),
    });
  });
});
