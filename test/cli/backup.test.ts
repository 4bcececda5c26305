import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SightingType } from "../../src/model/misp.ts";
import { ListStore, listStoreFile } from "../../src/targets/http/store.ts";
import { RunningCourier } from "../support/running-courier.ts";
import { call } from "./captured-terminal.ts";

const PARTNER = { name: "Partner", uuid: "7a1f0c52-6c0b-4d8e-9f7e-2d3b8f6a1caa" };

describe("backup and restore", () => {
  let courier: RunningCourier;
  let file: string;
  const command = (...words: string[]) => call([...words, "--config", join(courier.directory, "config.yaml")]);
  const pull = (...values: string[]) =>
    courier.misp.pullFromServer({
      organisation: PARTNER,
      info: "Campaign",
      attributes: values.map((value) => ({ type: "domain", value })),
    });

  beforeEach(async () => {
    courier = await RunningCourier.start();
    file = join(courier.directory, "courier.backup");
    pull("kept.example");
    await courier.listed("domain", "kept.example");
  }, 30_000);

  afterEach(() => courier[Symbol.asyncDispose]());

  test("a state that was lost is there again after a restore, and in step with MISP as soon as it runs", async () => {
    const made = await command("backup", file, "--json");
    expect(JSON.parse(made.out)).toMatchObject({ file, indicators: 1 });
    const later = pull("later.example");
    await courier.listed("domain", "kept.example", "later.example");
    await courier.stop();
    expect(await command("restore", file)).toMatchObject({ code: 73, err: expect.stringContaining("--force") });
    expect(await command("restore", file, "--force")).toMatchObject({ code: 0, err: "" });
    expect((await command("explain", "later.example")).out).toContain("never heard of");
    expect((await command("explain", "kept.example")).out).toContain("blocklists: holds it");
    await courier.start();
    pull("newest.example");
    await courier.listed("domain", "kept.example", "later.example", "newest.example");
    courier.misp.sight(later.attributes[0]?.id ?? 0, { type: SightingType.falsePositive });
    await courier.listed("domain", "kept.example", "newest.example");
  }, 40_000);

  test("what was taken back after the backup does not go out again, not even until MISP was asked", async () => {
    const deleted = pull("deleted.example");
    await courier.listed("domain", "deleted.example", "kept.example");
    // A backup from before that would have it in doubt, and it would go out again.
    await expect.poll(async () => (await command("audit", "deleted.example")).out).toMatch(/add +domain deleted/);
    await command("backup", file);
    courier.misp.sight({ value: "kept.example" }, { type: SightingType.falsePositive });
    courier.misp.deleteEvent(deleted.id);
    await courier.listed("domain");
    await courier.stop();
    await command("restore", file, "--force");
    courier.misp.faults.restDelay = 50;
    await courier.start();
    await courier.compared();
    expect(await courier.list("domain")).toEqual([]);
    const { out } = await command("audit", "--since", "1d");
    expect(out.match(/add +domain kept\.example/g)).toHaveLength(1);
    expect(out.match(/add +domain deleted\.example/g)).toHaveLength(1);
  }, 40_000);

  test("what was there before a forced restore is kept under another name", async () => {
    await command("backup", file);
    await courier.stop();
    const { out } = await command("restore", file, "--force");
    const names = await readdir(join(courier.directory, "state"));
    const former = names.filter((name) => /^ledger\.sqlite\.2.*Z$/.test(name));
    expect(former).toHaveLength(1);
    expect(out).toContain(former[0]);
    expect(names.filter((name) => name.includes("restoring"))).toEqual([]);
  });

  test("a restore that fails in the middle leaves the ledger as it was", async () => {
    const copies = join(courier.directory, "state", "warninglists");
    await mkdir(copies, { recursive: true });
    await writeFile(join(copies, "kept.json"), "{}");
    await command("backup", file);
    pull("later.example");
    await courier.listed("domain", "kept.example", "later.example");
    await courier.stop();
    await rm(copies, { recursive: true });
    await writeFile(copies, "nothing can be put back into this");
    expect((await command("restore", file, "--force")).code).not.toBe(0);
    expect((await command("explain", "later.example")).out).toContain("blocklists: holds it");
  }, 40_000);

  test("a backup is never written over, and only its owner may read it", async () => {
    await writeFile(file, "mine");
    expect(await command("backup", file)).toMatchObject({ code: 73, err: expect.stringContaining("exists already") });
    expect(await readFile(file, "utf8")).toBe("mine");
    expect((await readdir(courier.directory)).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test("a backup wants a folder that is there, and names it", async () => {
    const { code, err } = await command("backup", join(courier.directory, "none", "courier.backup"));
    expect(code).toBe(74);
    expect(err).toMatch(/^misp-courier: no backup can be written in .*none \(ENOENT.*Name a folder that exists.*\.$/);
    expect(await command("backup", join(file, "courier.backup"))).toMatchObject({ code: 74 });
  });

  test("restoring is refused while a courier runs", async () => {
    await command("backup", file);
    const { code, err } = await command("restore", file, "--force");
    expect(code).toBe(69);
    expect(err).toContain("in use by another misp-courier");
    await courier.listed("domain", "kept.example");
  });

  test("what is no backup changes nothing", async () => {
    await courier.stop();
    await writeFile(file, "no backup at all");
    expect(await command("restore", file, "--force")).toMatchObject({
      code: 65,
      err: expect.stringContaining("no backup"),
    });
    const ledger = join(courier.directory, "state", "ledger.sqlite");
    expect(await command("restore", ledger, "--force")).toMatchObject({ code: 65 });
    expect(await command("restore", `${file}.none`, "--force")).toMatchObject({ code: 66 });
    const err = `${courier.directory} cannot be read: it is a folder`;
    expect(await command("restore", courier.directory, "--force")).toEqual({ code: 66, out: "", err });
    expect(await command("explain", "kept.example")).toMatchObject({ code: 0 });
  });

  test.each([
    [
      "is cut by its last byte",
      async (file: string) => truncate(file, (await stat(file)).size - 1),
      "its end is missing",
    ],
    ["lacks a table", (file: string) => alter(file, "DROP TABLE attribute"), "it has no attribute"],
    ["has no version", (file: string) => alter(file, "PRAGMA user_version = 0"), "it has no version"],
    ["was changed in one place", changeOneValue, "indicator"],
    ["does not say when it was made", (file: string) => alter(file, "DELETE FROM backup"), "when it was made"],
    [
      "says nonsense of when it was made",
      (file: string) => alter(file, "UPDATE backup SET content = 'x'"),
      "when it was made",
    ],
  ])("a backup that %s changes nothing", async (_, harm, complaint) => {
    await command("backup", file);
    await courier.stop();
    await harm(file);
    const { code, out, err } = await command("restore", file, "--force");
    expect({ code, out }).toEqual({ code: 65, out: "" });
    expect(err).toMatch(/^misp-courier: this backup is damaged: /);
    expect(err).toContain(complaint);
    expect(await command("explain", "kept.example")).toMatchObject({ code: 0 });
  });
});

/** Changes a value in the row of its indicator or in the index of all values, and not in both. */
async function changeOneValue(file: string): Promise<void> {
  const bytes = await readFile(file);
  bytes.write("bent", bytes.indexOf("kept.exampledomain"));
  await writeFile(file, bytes);
}

function alter(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}

test("what a firewall got after the backup, and MISP took back while nobody listened, is off its list after a restore", async () => {
  const lists = { domains: { types: ["domain"] } };
  await using courier = await RunningCourier.start({ targets: { firewall: { type: "http", lists } } });
  const command = (...words: string[]) => call([...words, "--config", join(courier.directory, "config.yaml")]);
  const listed = () => {
    const store = ListStore.read(join(courier.directory, "state", listStoreFile("firewall")));
    const values = store?.best(["domain"], 10).map(({ value }) => value);
    store?.close();
    return values;
  };
  courier.publishDomains("kept.example");
  await expect.poll(listed).toEqual(["kept.example"]);
  const file = join(courier.directory, "courier.backup");
  await command("backup", file);
  const later = courier.publishDomains("later.example");
  await expect.poll(listed).toEqual(["kept.example", "later.example"]);
  await courier.stop();
  courier.misp.deleteEvent(later.event);
  await command("restore", file, "--force");
  await courier.start();
  await expect.poll(listed).toEqual(["kept.example"]);
}, 40_000);
