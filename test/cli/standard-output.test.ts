import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { Database } from "../../src/ledger/database.ts";
import { aFolder } from "../support/a-folder.ts";

const PROGRAM = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** The configuration of a courier that has run and has an empty ledger. */
function aConfiguration(): string {
  const folder = aFolder();
  mkdirSync(join(folder, "state"));
  Database.open(join(folder, "state", "ledger.sqlite")).close();
  const config = join(folder, "config.yaml");
  writeFileSync(config, "misp: {url: https://m.example, key: k}\nwarninglists: {from_misp: false}\n");
  return config;
}

test.each([[["help"]], [["status", "--json"]], [["export", "--format", "csv"]]])(
  "%j says in one sentence that its output cannot be written, and fails",
  (words) => {
    const full = openSync("/dev/full", "w");
    const options = words[0] === "help" ? [] : ["--config", aConfiguration()];
    const ended = spawnSync(process.execPath, [PROGRAM, ...words, ...options], { stdio: ["ignore", full, "pipe"] });
    closeSync(full);
    expect(ended.status).toBe(74);
    expect(String(ended.stderr)).toMatch(/^misp-courier: the output cannot be written \(ENOSPC.*\n$/);
  },
);

test("a reader that has seen enough is no failure, and nothing is said of it", () => {
  const late = `{ sleep 0.2; "$0" "$1" help; } | true; exit "\${PIPESTATUS[0]}"`;
  const { status, stderr } = spawnSync("bash", ["-c", late, process.execPath, PROGRAM]);
  expect({ status, stderr: String(stderr) }).toEqual({ status: 0, stderr: "" });
});
