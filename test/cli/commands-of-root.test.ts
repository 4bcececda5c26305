import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Database } from "../../src/ledger/database/database.ts";
import { ownAsFolder } from "../../src/state/own-as-folder.ts";
import { aFolder } from "../support/a-folder.ts";
import { NOBODY, NOBODY_MAY_START, PROGRAM, ROOT } from "../support/another-user.ts";
import { call } from "./captured-terminal.ts";

const SETTINGS = `misp: {url: https://m.example, key: k}
warninglists: {from_misp: false}
state: ./state
targets: {blocklists: {type: csv, directory: ./lists}}
`;
const REFUSED = { type: "url", value: "http://a.example/", operation: "add", reason: "no", at: 1 };
const TROUBLE = { position: 0, attempts: 0, failingSince: null, nextAttempt: null, lastError: null, parked: [REFUSED] };

/** A configuration whose state folder belongs to the courier's user, and is empty. */
function aConfiguration() {
  const folder = aFolder();
  chmodSync(folder, 0o755);
  const [config, state] = [join(folder, "config.yaml"), join(folder, "state")];
  writeFileSync(config, SETTINGS);
  mkdirSync(state, { mode: 0o700 });
  chownSync(state, NOBODY.uid, NOBODY.gid);
  return { folder, config, state };
}

/** A backup with all that may be in one. */
async function aBackup(): Promise<string> {
  const { folder, config, state } = aConfiguration();
  Database.open(join(state, "ledger.sqlite")).close();
  writeFileSync(join(state, "journal.json"), JSON.stringify({ version: 1, targets: { blocklists: TROUBLE } }));
  writeFileSync(join(state, "alerts.json"), "{}");
  mkdirSync(join(state, "warninglists"));
  writeFileSync(join(state, "warninglists", "1.json"), "{}");
  const file = join(folder, "courier.backup");
  expect(await call(["backup", file, "--config", config])).toMatchObject({ code: 0 });
  return file;
}

/** What of a state is not the courier's user's. */
function strangers(state: string): string[] {
  const names = readdirSync(state, { recursive: true, encoding: "utf8" });
  return names.filter((name) => lstatSync(join(state, name)).uid !== NOBODY.uid);
}

// Only root can make files that others cannot open.
describe.skipIf(!ROOT)("what root does by hand in a state of the courier's user", () => {
  test("leaves everything of a restored backup to that user", async () => {
    const file = await aBackup();
    const { config, state } = aConfiguration();
    expect(await call(["restore", file, "--config", config])).toMatchObject({ code: 0 });
    const restored = readdirSync(state, { recursive: true, encoding: "utf8" }).sort();
    expect(restored).toEqual(expect.arrayContaining(["alerts.json", "journal.json", "ledger.sqlite", "lock"]));
    expect(restored).toContain("warninglists/1.json");
    expect(strangers(state)).toEqual([]);
  });

  test.skipIf(!NOBODY_MAY_START)("lets that user's courier go on with a restored backup", async () => {
    const file = await aBackup();
    const { config } = aConfiguration();
    await call(["restore", file, "--config", config]);
    const retry = spawnSync(process.execPath, [PROGRAM, "parked", "retry", "--config", config], NOBODY);
    expect({ status: retry.status, err: String(retry.stderr) }).toEqual({ status: 0, err: "" });
  });

  test("leaves the lock and a journal that changed to that user", async () => {
    const file = await aBackup();
    const { config, state } = aConfiguration();
    await call(["restore", file, "--config", config]);
    expect((await call(["parked", "drop", "--config", config])).out).toContain("1 change.");
    expect((await call(["parked", "list", "--config", config])).out).toBe("Nothing is parked.");
    expect(strangers(state)).toEqual([]);
  });

  test("leaves a new ledger to that user", () => {
    const { state } = aConfiguration();
    Database.open(join(state, "ledger.sqlite")).close();
    expect(strangers(state)).toEqual([]);
  });

  test("leaves what targets keep in the state to that user", async () => {
    const { config, state } = aConfiguration();
    Database.open(join(state, "ledger.sqlite")).close();
    const secret = Buffer.alloc(24).toString("base64");
    const targets = `targets:
  firewall: {type: http, lists: {names: {types: [domain]}}}
  bus: {type: zeromq, bind: "tcp://127.0.0.1:*"}
  hook: {type: webhook, url: "http://127.0.0.1:9/", secret: whsec_${secret}}
`;
    writeFileSync(config, SETTINGS.replace(/targets:.*\n/, targets));
    expect(await call(["drift", "--config", config])).toMatchObject({ code: 0 });
    const kept = readdirSync(state, { recursive: true, encoding: "utf8" });
    expect(kept).toEqual(
      expect.arrayContaining(["lists/firewall.sqlite", "webhooks/hook.sqlite", "zeromq/bus.sqlite"]),
    );
    expect(strangers(state)).toEqual([]);
  });

  test("keeps a state folder that it had to make", async () => {
    const file = await aBackup();
    const { folder } = aConfiguration();
    chownSync(folder, NOBODY.uid, NOBODY.gid);
    const other = join(folder, "other.yaml");
    writeFileSync(other, SETTINGS.replace("./state", "./made"));
    expect(await call(["restore", file, "--config", other])).toMatchObject({ code: 0 });
    expect(lstatSync(join(folder, "made")).uid).toBe(0);
    expect(lstatSync(join(folder, "made", "ledger.sqlite")).uid).toBe(0);
  });

  test("gives nothing away that a link of that user leads to", () => {
    const { folder, state } = aConfiguration();
    const secret = join(folder, "secret");
    writeFileSync(secret, "of root");
    symlinkSync(secret, join(state, "lock"));
    ownAsFolder(join(state, "lock"));
    expect(lstatSync(secret).uid).toBe(0);
  });
});
