import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { StandInMisp } from "../../src/demo/stand-in/stand-in-misp.ts";
import { lockState } from "../../src/state/lock.ts";
import { ChildCourier } from "../faults/child-courier.ts";
import { aFolder } from "../support/a-folder.ts";
import { NOBODY, NOBODY_MAY_START, PROGRAM } from "../support/another-user.ts";
import { eventually } from "../support/running-courier.ts";
import { call } from "./captured-terminal.ts";

let misp: StandInMisp;
/** The state and the lists of a courier that delivered a.example and was stopped. */
let sound: string;
/** A courier with a copy of them. */
let copy: ChildCourier;
let ledger: string;
let journal: string;

beforeAll(async () => {
  misp = await StandInMisp.open();
  sound = mkdtempSync(join(tmpdir(), "courier-sound-"));
  publishDomain("a.example");
  await using courier = new ChildCourier(sound, misp);
  courier.start();
  await holds(courier, "a.example");
  await courier.stop();
});
afterAll(async () => {
  rmSync(sound, { recursive: true });
  await misp.close();
});

beforeEach(() => {
  const directory = aFolder();
  copy = new ChildCourier(directory, misp);
  for (const part of ["state", "lists"]) cpSync(join(sound, part), join(directory, part), { recursive: true });
  ledger = join(directory, "state", "ledger.sqlite");
  journal = join(directory, "state", "journal.json");
});

function publishDomain(value: string): void {
  const { id } = misp.addEvent({ info: value, attributes: [{ type: "domain", value }] });
  misp.publish(id);
}

function listed(courier: ChildCourier): string[] {
  return readFileSync(join(courier.lists, "domain.csv"), "utf8").split("\n").slice(1, -1);
}

async function holds(courier: ChildCourier, ...values: string[]): Promise<void> {
  await eventually(async () => expect(listed(courier)).toEqual(expect.arrayContaining(values)));
}

/** What the command line says: it names the file, shows no stack, and leaves the lists as they are. */
async function refusal(file: string, command: string): Promise<{ code: number; err: string }> {
  const { code, err } = await call([command, "--config", copy.config]);
  expect(err).toContain(file);
  expect(err).not.toMatch(/^ +at /m);
  expect(listed(copy)).toEqual(["a.example"]);
  return { code, err };
}

/** It works on: what is published from now on is delivered. */
async function works(value: string): Promise<void> {
  await using courier = copy;
  courier.start();
  publishDomain(value);
  await holds(courier, "a.example", value);
  expect(courier.bugs).toEqual([]);
}

function changeLedger(sql: string): void {
  const database = new DatabaseSync(ledger);
  database.exec(sql);
  database.close();
}

function removeLedger(): void {
  for (const file of [ledger, `${ledger}-wal`, `${ledger}-shm`]) rmSync(file, { force: true });
}

describe("the journal", () => {
  test.each(["run", "status"])("that was cut is named to %s, with what moving it away costs", async (command) => {
    writeFileSync(journal, readFileSync(journal, "utf8").slice(0, 30));
    expect(await refusal(journal, command)).toEqual({ code: 65, err: expect.stringContaining("Move it away") });
  });

  test("that cannot be read is named", async () => {
    rmSync(journal);
    mkdirSync(journal);
    expect(await refusal(journal, "run")).toEqual({ code: 74, err: expect.stringContaining("let the user") });
  });

  test("that was moved away is not missed", async () => {
    rmSync(journal);
    await works("journal.example");
  });

  test("that has come further than a ledger out of a backup keeps that ledger from being used", async () => {
    copyFileSync(ledger, `${ledger}.backup`);
    const wal = readFileSync(`${ledger}-wal`, { flag: "a+" });
    copy.start();
    publishDomain("later.example");
    await holds(copy, "a.example", "later.example");
    // Only what was recorded makes the journal newer.
    await copy.stop();
    removeLedger();
    copyFileSync(`${ledger}.backup`, ledger);
    writeFileSync(`${ledger}-wal`, wal);
    const before = listed(copy);
    const { code, err } = await call(["run", "--config", copy.config]);
    expect(code).toBe(65);
    for (const part of [ledger, journal, "Put back the ledger", "empty the targets"]) expect(err).toContain(part);
    expect(listed(copy)).toEqual(before);
  });

  test("does not keep an empty ledger from being a new beginning", async () => {
    removeLedger();
    await works("beginning.example");
  });
});

describe("the ledger", () => {
  const WAY_OUT = expect.stringMatching(/Restore it from a backup.*move it away/);

  test.each(["run", "status", "catch-up", "plan"])(
    "that is no database is named to %s, with the way out",
    async (command) => {
      removeLedger();
      writeFileSync(ledger, "not a database ".repeat(1_000));
      expect(await refusal(ledger, command)).toEqual({ code: 65, err: WAY_OUT });
    },
  );

  test("that is damaged behind its first page ends a run with the same words", async () => {
    changeLedger("PRAGMA wal_checkpoint(TRUNCATE)");
    const bytes = readFileSync(ledger);
    bytes.fill(0xff, 4_096);
    writeFileSync(ledger, bytes);
    expect(await refusal(ledger, "run")).toEqual({ code: 65, err: WAY_OUT });
  });

  test("that is damaged behind its first page is itself named by a plan, and not the copy that is judged", async () => {
    changeLedger("PRAGMA wal_checkpoint(TRUNCATE)");
    const bytes = readFileSync(ledger);
    bytes.fill(0xff, 4_096);
    writeFileSync(ledger, bytes);
    const { code, err } = await refusal(`misp-courier: ${ledger} cannot be used`, "plan");
    expect(code).toBe(65);
    expect(err).not.toContain("plan-");
  });

  test("that was cut in the middle ends a run with the same words", async () => {
    changeLedger("PRAGMA wal_checkpoint(TRUNCATE)");
    writeFileSync(ledger, readFileSync(ledger).subarray(0, 20_000));
    expect(await refusal(ledger, "run")).toEqual({ code: 65, err: WAY_OUT });
  });

  test.each(["run", "status"])("of a newer version is left as it is by %s", async (command) => {
    changeLedger("PRAGMA user_version = 999");
    const wayOut = expect.stringMatching(/schema version 999.*Use the version of misp-courier that wrote it/);
    expect(await refusal(ledger, command)).toEqual({ code: 65, err: wayOut });
  });

  test.each([["catch-up"], ["drift"], ["held", "release"]])(
    "on which an older version runs is not changed under its hands by %s",
    async (...words) => {
      using _running = lockState(join(copy.directory, "state"));
      changeLedger("PRAGMA user_version = 3");
      const { code, err } = await call([...words, "--config", copy.config]);
      expect([code, err]).toEqual([65, expect.stringContaining("older version")]);
      const database = new DatabaseSync(ledger);
      expect(database.prepare("PRAGMA user_version").get()).toEqual({ user_version: 3 });
      database.close();
    },
  );

  test("that is somebody else's database is left as it is", async () => {
    removeLedger();
    changeLedger("CREATE TABLE person (name); PRAGMA user_version = 1");
    expect(await refusal(ledger, "run")).toEqual({ code: 65, err: expect.stringContaining("not a ledger") });
  });

  test("that is a folder is named", async () => {
    removeLedger();
    mkdirSync(ledger);
    expect(await refusal(ledger, "run")).toEqual({ code: 65, err: expect.stringContaining("Move it away") });
  });
});

describe("the state folder", () => {
  test.skipIf(!NOBODY_MAY_START)(
    "in which no copy of the ledger can be made is named to a plan, with the way out",
    async () => {
      const state = join(copy.directory, "state");
      // The folder is another user's, and everybody may read what is in it.
      chmodSync(copy.directory, 0o755);
      chmodSync(ledger, 0o644);
      chmodSync(state, 0o755);
      const ended = spawnSync(process.execPath, [PROGRAM, "plan", "--config", copy.config], NOBODY);
      expect(ended.status).toBe(74);
      expect(String(ended.stderr)).toMatch(/^misp-courier: .*state cannot be written \(EACCES.*let the user of.*\n$/);
    },
  );

  test("that another courier works in is left to it", async () => {
    await using courier = copy;
    courier.start();
    await courier.hears();
    const { code, err } = await call(["run", "--config", copy.config]);
    expect(code).toBe(69);
    expect(err).toContain(`${join(copy.directory, "state")} is in use by another misp-courier`);
    expect(err).toContain("Stop that one first");
    publishDomain("first.example");
    await holds(courier, "first.example");
  });

  test("with a damaged lock is named, and works once the lock is removed", async () => {
    const lock = join(copy.directory, "state", "lock");
    writeFileSync(lock, "no lock ".repeat(1_000));
    expect(await refusal(lock, "run")).toEqual({ code: 65, err: expect.stringContaining("Remove it") });
    rmSync(lock);
    await works("unlocked.example");
  });

  // Both are below or at something that is no folder.
  test.each(["/dev/null/state", "./config.yaml"])(
    "%s, which no folder can be, is named with the way out",
    async (state) => {
      writeFileSync(copy.config, readFileSync(copy.config, "utf8").replace("./state", state));
      const { code, err } = await call(["run", "--config", copy.config]);
      expect(code).toBe(74);
      expect(err).toContain(state.replace("./", `${copy.directory}/`));
      expect(err).toMatch(/cannot be written .*let the user of misp-courier write there, or name another folder/);
    },
  );
});
