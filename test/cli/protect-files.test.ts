import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { Protections } from "../../src/courier/protections.ts";
import { silent } from "../../src/log.ts";
import { aFolder } from "../support/a-folder.ts";
import { eventually } from "../support/running-courier.ts";
import { call } from "./captured-terminal.ts";

const OWN = "192.0.2.0/24 # ours\n10.0.0.0/33\n\n# names\n.corp.example\ncorp\u001b.example other.example\n";

/** The configuration of a target whose guard protects what is in own.txt. */
function aConfiguration(own: string): { config: string; file: string } {
  const folder = aFolder();
  const [config, file] = [join(folder, "config.yaml"), join(folder, "own.txt")];
  const target = "{type: csv, directory: ./lists, guard: {protect: [./own.txt]}}";
  writeFileSync(config, `misp: {url: https://m.example, key: k}\ntargets: {edge: ${target}}\n`);
  writeFileSync(file, own);
  return { config, file };
}

test("check names lines of a file of protected values that look like a slip, with file and line", async () => {
  const { code, out, err } = await call(["check", "--config", aConfiguration(OWN).config]);
  expect(out).toMatch(/is sound/);
  expect(err.split("\n")).toEqual([
    './own.txt:2 "10.0.0.0/33" is neither an address nor a network; it protects nothing but what reads just so',
    './own.txt:6 "corp\\u001b.example other.example" is more than one value; it protects nothing but what reads just so',
  ]);
  expect(code).toBe(0);
});

test("check names twenty of many such lines, and none of a file without", async () => {
  const many = await call(["check", "--config", aConfiguration("10.0.0.0/33\n".repeat(30)).config]);
  expect(many.err.split("\n")).toHaveLength(21);
  expect(many.err).toMatch(/and 10 more lines like these$/);
  expect((await call(["check", "--config", aConfiguration("192.0.2.0/24\r\n").config])).err).toBe("");
});

test("a courier says so in its log once, and again when the file changes", async () => {
  const { config, file } = aConfiguration(OWN);
  const told: unknown[] = [];
  const log = { ...silent, warn: (_: string, facts?: Record<string, unknown>) => void told.push(facts?.text) };
  const protections = new Protections({ config: loadConfig(config, {}), log });
  onTestFinished(() => protections[Symbol.dispose]());
  protections.learn([]);
  expect(told).toEqual(["10.0.0.0/33", "corp\u001b.example other.example"]);
  writeFileSync(file, "198.51.100.300\n");
  utimesSync(file, 1, 1);
  await eventually(async () => expect(told.at(-1)).toBe("198.51.100.300"));
});
