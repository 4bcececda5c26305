import { rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { Protections } from "../../src/courier/knowledge/protections.ts";
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

test("a file of protected values is read as Windows writes it, too", () => {
  const { config, file } = aConfiguration(OWN);
  for (const bytes of [Buffer.from("\ufeff.corp.example\r\n", "utf16le"), Buffer.from("\ufeff.corp.example\r\n")]) {
    writeFileSync(file, bytes);
    const protections = new Protections({ config: loadConfig(config, {}), log: silent });
    const indicator = { type: "domain", value: "a.corp.example" };
    expect(protections.of("edge")(indicator)?.by).toBe(".corp.example in ./own.txt");
  }
});

test("a file of protected values that cannot be looked at any more protects as before, is told of once, and followed again", () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { config, file } = aConfiguration("a.example\n");
  const told: string[] = [];
  const log = { ...silent, error: (sentence: string) => void told.push(sentence) };
  const protections = new Protections({ config: loadConfig(config, {}), log });
  onTestFinished(() => protections[Symbol.dispose]());
  protections.learn([]);
  const isProtected = (value: string) => protections.of("edge")({ type: "domain", value }) !== null;
  rmSync(file);
  symlinkSync(file, file);
  vi.advanceTimersByTime(60_000);
  protections.learn([]);
  expect(isProtected("a.example")).toBe(true);
  expect(told).toEqual(["A file of protected values cannot be read; what was protected stays so"]);
  rmSync(file);
  writeFileSync(file, "b.example\n");
  vi.advanceTimersByTime(60_000);
  expect([isProtected("a.example"), isProtected("b.example")]).toEqual([false, true]);
});
