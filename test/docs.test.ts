import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { renderReference } from "../src/config/reference.ts";
import { call } from "./cli/captured-terminal.ts";

const file = new URL("../docs/CONFIG.md", import.meta.url);

test("docs/CONFIG.md says what the schemas say; UPDATE_DOCS=1 writes it anew", () => {
  const reference = renderReference();
  if (process.env.UPDATE_DOCS === "1") writeFileSync(file, reference);
  expect(readFileSync(file, "utf8")).toBe(reference);
});

test("docs/CONFIG.md writes code as Markdown shows it, and says of each key what it takes", () => {
  const reference = renderReference();
  const code = [...reference.matchAll(/`([^`]*)`/g)].map(([, text = ""]) => text);
  expect(code).toContain("lists.<name>.types");
  expect(code.filter((text) => text.includes("&lt;"))).toEqual([]);
  const rows = [...reference.matchAll(/^\| `([^`]+)` \| (.*?) \| .* \| (.*) \|$/gm)];
  expect(rows.length).toBeGreaterThan(100);
  for (const [, key, type, meaning] of rows) {
    expect([key, type]).not.toEqual([key, expect.stringContaining("anything")]);
    expect([key, meaning]).not.toEqual([key, ""]);
  }
});

test("the table of commands in README.md has every one that the help has", async () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const [, table = ""] = /^## Commands\n([\s\S]*?)^## /m.exec(readme) ?? [];
  const { out } = await call(["help"]);
  const commands = [...out.matchAll(/^ {2}([a-z-]+) {2,}\S/gm)].map(([, name]) => name);
  expect(commands.length).toBeGreaterThan(15);
  expect(commands.filter((name) => !new RegExp(`\`${name}[ \`]`).test(table))).toEqual([]);
});

test("docs/ADDING-A-TARGET.md has a row for every member of a kind and of a target", () => {
  const code = readFileSync(new URL("../src/targets/target.ts", import.meta.url), "utf8");
  const page = readFileSync(new URL("../docs/ADDING-A-TARGET.md", import.meta.url), "utf8");
  const members = ["Target", "TargetKind<Settings = unknown>"].flatMap((name) => {
    const [, body = ""] = code.split(`export interface ${name} {`);
    return [...body.slice(0, body.indexOf("\n}")).matchAll(/^ {2}(\w+)\??[(:]/gm)].map(([, member]) => member);
  });
  const told = [...page.matchAll(/^\| `(\w+)(?:\(.*?\))?` +\|/gm)].map(([, member]) => member);
  expect(told.sort()).toEqual(members.sort());
});

test("the tests that docs/COMING-FROM-MISP-BROKER.md names are where it says", () => {
  const page = readFileSync(new URL("../docs/COMING-FROM-MISP-BROKER.md", import.meta.url), "utf8");
  const named = [...page.matchAll(/`([\w/-]+(?:\.test)?\.ts)`: \*([^*]+)\*/g)];
  expect(named.length).toBeGreaterThan(15);
  for (const [, path = "", title] of named) {
    expect([path, readFileSync(new URL(path, import.meta.url), "utf8")]).toEqual([
      path,
      expect.stringContaining(title ?? ""),
    ]);
  }
});
