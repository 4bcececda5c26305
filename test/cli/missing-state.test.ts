import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Database, demandLedger } from "../../src/ledger/database/database.ts";
import { aFolder } from "../support/a-folder.ts";
import { NOBODY, NOBODY_MAY_START, PROGRAM } from "../support/another-user.ts";
import { call } from "./captured-terminal.ts";

const SETTINGS = `misp: {url: https://m.example, key: k}
warninglists: {from_misp: false}
state: ./state
targets: {blocklists: {type: csv, directory: ./lists}}
`;

/** What asks for the state of a courier that has run. */
const QUESTIONS = [
  ["status"],
  ["explain", "a.example"],
  ["audit", "--since", "1d"],
  ["export"],
  ["plan"],
  ["drift"],
  ["drift", "blocklists", "--repair", "--json"],
  ["parked", "list"],
  ["parked", "retry"],
  ["parked", "drop", "blocklists"],
  ["held", "list"],
  ["held", "release"],
  ["held", "discard", "blocklists"],
  ["backup", "a.backup"],
];

function aConfiguration() {
  const folder = aFolder();
  const [config, state] = [join(folder, "config.yaml"), join(folder, "state")];
  writeFileSync(config, SETTINGS);
  return { folder, config, state, ledger: join(state, "ledger.sqlite") };
}

describe.each(QUESTIONS.map((words) => [words]))("%j", (words) => {
  test("says that there is no state, and creates none", async () => {
    const { folder, config, ledger } = aConfiguration();
    const sentence = `misp-courier: ${ledger} does not exist: has the courier run with this configuration?`;
    expect(await call([...words, "--config", config])).toEqual({ code: 66, out: "", err: sentence });
    expect(readdirSync(folder)).toEqual(["config.yaml"]);
  });
});

test("a forwarder that never ran is not asked to read its topic again", async () => {
  const { folder, config, ledger } = aConfiguration();
  const source = 'source: {kafka: {brokers: ["127.0.0.1:9"]}}';
  writeFileSync(config, SETTINGS.replace(/^misp: .*$/m, `role: forwarder\n${source}`));
  expect(await call(["catch-up", "--config", config])).toMatchObject({
    code: 66,
    err: `misp-courier: ${ledger} does not exist: has the courier run with this configuration?`,
  });
  expect((await call(["catch-up", "--since", "soon", "--config", config])).code).toBe(64);
  expect(readdirSync(folder)).toEqual(["config.yaml"]);
});

// Root may read everything.
test.skipIf(!NOBODY_MAY_START)("a state that this user may not read is taken for no missing one", () => {
  const { folder, config, state, ledger } = aConfiguration();
  mkdirSync(state);
  Database.open(ledger).close();
  chmodSync(folder, 0o755);
  chmodSync(state, 0o000);
  const ended = spawnSync(process.execPath, [PROGRAM, "status", "--config", config], NOBODY);
  chmodSync(state, 0o700);
  expect({ status: ended.status, out: String(ended.stdout) }).toEqual({ status: 74, out: "" });
  expect(String(ended.stderr)).toContain(`${ledger} cannot be read (EACCES`);
  expect(String(ended.stderr)).toMatch(/Run this as the user that misp-courier runs as, or as root.*\n$/);
});

test("a list of what is parked needs a sound ledger", async () => {
  const { config, state, ledger } = aConfiguration();
  mkdirSync(state);
  writeFileSync(ledger, "not a database ".repeat(1_000));
  const { code, err } = await call(["parked", "list", "--config", config]);
  expect(code).toBe(65);
  expect(err).toContain(`${ledger} cannot be used`);
});

test("a state below a file is named with the reason", () => {
  const { config } = aConfiguration();
  const below = join(config, "state", "ledger.sqlite");
  expect(() => demandLedger(below)).toThrow(`${below} cannot be read (ENOTDIR`);
});
