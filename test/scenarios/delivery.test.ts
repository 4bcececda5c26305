import { readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { runCourier } from "../../src/courier/courier.ts";
import { silent } from "../../src/log.ts";
import { SightingType } from "../../src/model/misp.ts";
import { ListStore, listStoreFile } from "../../src/targets/http/store.ts";
import { call } from "../cli/captured-terminal.ts";
import { eventually, RunningCourier } from "../support/running-courier.ts";

test("a target that is switched off is left as it is, and keeps nobody else from working", async () => {
  const off = { type: "csv", directory: "./off", enabled: false };
  await using courier = await RunningCourier.start({
    targets: { blocklists: { type: "csv", directory: "./lists" }, off },
  });
  const event = courier.misp.addEvent({ info: "a", attributes: [{ type: "domain", value: "a.example" }] });
  courier.misp.publish(event.id);
  await courier.listed("domain", "a.example");
  expect(await readdir(courier.directory)).not.toContain("off");
});

test("commands say of a target that is switched off that it is, and touch nothing of it", async () => {
  const off = { type: "csv", directory: "./off", enabled: false };
  const blocklists = { type: "csv", directory: "./lists" };
  await using courier = await RunningCourier.start({ targets: { blocklists, off } });
  courier.publishDomains("a.example");
  await courier.listed("domain", "a.example");
  await courier.stop();
  const options = ["--config", join(courier.directory, "config.yaml")];
  const { out } = await call(["explain", "a.example", "--target", "off", ...options]);
  expect(out).toMatch(/off: does not hold it, and is switched off$/);
  const drift = await call(["drift", "off", ...options]);
  expect(drift).toMatchObject({ code: 64, err: expect.stringContaining("the target off is switched off") });
  expect(await readdir(courier.directory)).not.toContain("off");
});

describe("a target that is down", () => {
  let courier: RunningCourier;
  afterEach(() => courier[Symbol.asyncDispose]());

  function publishDomain(value: string) {
    const event = courier.misp.addEvent({ info: value, attributes: [{ type: "domain", value }] });
    courier.misp.publish(event.id);
    return { event: event.id, attribute: event.attributes[0]?.id ?? 0 };
  }

  test("neither stops the other targets nor loses anything", async () => {
    courier = await RunningCourier.start({
      targets: { blocklists: { type: "csv", directory: "./lists" }, second: { type: "csv", directory: "./second" } },
    });
    const { attribute } = publishDomain("a.example");
    await courier.listed("domain", "a.example");
    // The folder goes away, as a mount does.
    const second = join(courier.directory, "second");
    await eventually(() => readFile(join(second, "domain.csv")));
    await rename(second, `${second}.gone`);
    publishDomain("b.example");
    courier.misp.sight(attribute, { type: SightingType.falsePositive });
    await courier.listed("domain", "b.example");
    await rename(`${second}.gone`, second);
    await eventually(async () => {
      expect(await readFile(join(second, "domain.csv"), "utf8")).toBe("value\nb.example\n");
    });
  });

  test("is remembered across a restart, in a journal without pending work", async () => {
    courier = await RunningCourier.start();
    publishDomain("a.example");
    await courier.listed("domain", "a.example");
    const lists = join(courier.directory, "lists");
    await rm(lists, { recursive: true });
    publishDomain("b.example");
    const journal = join(courier.directory, "state", "journal.json");
    await eventually(async () => {
      const { targets } = JSON.parse(await readFile(journal, "utf8"));
      expect(targets.blocklists).toMatchObject({ lastError: expect.stringContaining("ENOENT") });
    });
    expect(await readFile(journal, "utf8")).not.toContain("b.example");
  });
});

describe("a target from which somebody took everything while the courier was stopped", () => {
  const csv = { type: "csv", directory: "./lists", lists: { names: ["domain"] } };
  const http = { type: "http", lists: { names: { types: ["domain"] } } };

  test("is filled again at the next start, without what has gone meanwhile", async () => {
    await using courier = await RunningCourier.start({ targets: { blocklists: csv, wall: http } });
    const { attributes } = courier.publishDomains("a.example", "b.example");
    await courier.listed("domain", "a.example", "b.example");
    await courier.stop();
    await rm(join(courier.directory, "lists"), { recursive: true });
    for (const end of ["", "-wal", "-shm"]) await rm(storeOf(courier) + end, { force: true });
    courier.misp.softDelete(attributes[0] ?? 0);
    await courier.start();
    await courier.listed("domain", "b.example");
    // A merged list follows its CSV files.
    const names = join(courier.directory, "lists", "names.txt");
    await eventually(async () => expect(await readFile(names, "utf8")).toBe("b.example\n"));
    await eventually(async () => expect(domainsOf(courier)).toEqual(["b.example"]));
  });

  test("keeps its merged lists meanwhile, where they are still there, and takes off them what has gone", async () => {
    await using courier = await RunningCourier.start({ targets: { blocklists: csv } });
    const { attributes } = courier.publishDomains("a.example", "b.example");
    await courier.listed("domain", "a.example", "b.example");
    await courier.stop();
    await rm(join(courier.directory, "lists", "domain.csv"));
    courier.misp.softDelete(attributes[0] ?? 0);
    await courier.start();
    await courier.listed("domain", "b.example");
    const names = join(courier.directory, "lists", "names.txt");
    await eventually(async () => expect(await readFile(names, "utf8")).toBe("b.example\n"));
  });

  function storeOf({ directory }: RunningCourier): string {
    return join(directory, "state", listStoreFile("wall"));
  }

  function domainsOf(courier: RunningCourier): string[] {
    const store = ListStore.read(storeOf(courier));
    const held = store?.best(["domain"], 10).map(({ value }) => value) ?? [];
    store?.close();
    return held;
  }
});

describe("hostile values", () => {
  test("cannot leave their line, and are parked with their reason", async () => {
    const courier = await RunningCourier.start({
      targets: { blocklists: { type: "csv", directory: "./lists", lists: { all: ["text", "domain"] } } },
    });
    try {
      const attributes = [
        { type: "text", value: 'two\nlines,"quoted"', toIds: true },
        { type: "text", value: '=cmd|"/c calc"', toIds: true },
        { type: "domain", value: "good.example" },
      ];
      const event = courier.misp.addEvent({ info: "../../etc/passwd\n<script>", attributes });
      courier.misp.publish(event.id);
      await courier.listed("domain", "good.example");
      await eventually(async () => expect(await courier.list("text")).toEqual(['"=cmd|""/c calc"""']));
      await eventually(async () => {
        const journal = JSON.parse(await readFile(join(courier.directory, "state", "journal.json"), "utf8"));
        expect(journal.targets.blocklists.parked).toMatchObject([{ type: "text", operation: "add" }]);
      });
      expect((await readdir(join(courier.directory, "lists"))).sort()).toEqual(["all.txt", "domain.csv", "text.csv"]);
    } finally {
      await courier[Symbol.asyncDispose]();
    }
  });
});

describe("a second courier on the same state", () => {
  test("is refused", async () => {
    const courier = await RunningCourier.start();
    try {
      const second = runCourier({
        config: await courier.config(),
        log: silent,
        signal: AbortSignal.timeout(20_000),
        clock: Date.now,
      });
      await expect(second).rejects.toThrow(/in use by another misp-courier/);
    } finally {
      await courier[Symbol.asyncDispose]();
    }
  });
});
