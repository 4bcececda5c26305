import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { conditionsOf, type Facts } from "../src/alerts/conditions.ts";
import { renderReference } from "../src/config/reference.ts";
import { Metrics } from "../src/http/metrics.ts";
import { targetKinds } from "../src/targets/index.ts";
import { wellAt } from "./alerts/well.ts";
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

test("the table of targets in README.md has every kind that there is", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const [, table = ""] = /^## Targets\n([\s\S]*?)^## /m.exec(readme) ?? [];
  const told = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, type]) => type);
  expect(told.sort()).toEqual(Object.keys(targetKinds).sort());
});

test("docs/OPERATIONS.md calls each alert what it says, and has all of them", () => {
  const page = readFileSync(new URL("../docs/OPERATIONS.md", import.meta.url), "utf8");
  const told = [...page.matchAll(/^\| \*(.*?)\* \|/gm)].map(([, alert = ""]) => alert);
  const said = troubles().flatMap((facts) => conditionsOf(facts).map(({ sentence }) => sentence));
  // What differs from one time to the next is a "…" there.
  const says = (alert: string, sentence: string) => {
    const parts = alert.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}`).test(sentence);
  };
  expect(told.filter((alert) => !said.some((sentence) => says(alert, sentence)))).toEqual([]);
  expect(said.filter((sentence) => !told.some((alert) => says(alert, sentence)))).toEqual([]);
});

test("docs/OPERATIONS.md has a row for every metric, and names no other", async () => {
  const page = readFileSync(new URL("../docs/OPERATIONS.md", import.meta.url), "utf8");
  const told = [...page.matchAll(/misp_courier_\w+/g)].map(([name]) => name);
  const metrics = await new Metrics().text(undefined);
  const given = [...metrics.matchAll(/^# HELP (\w+)/gm)].map(([, name = ""]) => name);
  expect([...new Set(told)].sort()).toEqual(given.sort());
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

/** Situations in which every alert is given once. */
function troubles(): Facts[] {
  const now = Date.UTC(2027, 0, 15);
  const since = now - 3_600_000;
  const calm = wellAt(now);
  const failed = { since, failures: 5, error: "MISP does not answer", refused: false };
  return [
    {
      ...calm,
      blind: { since, cause: "silence" },
      keyExpires: now + 3_600_000,
      catchUp: failed,
      failing: [{ target: "siem", since, attempts: 5, error: "it does not answer" }],
      held: [{ target: "siem", reason: "30 of 31" }],
      disk: { free: 1, total: 2 ** 40 },
    },
    { ...calm, catchUp: { ...failed, refused: true } },
  ];
}
