import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { loadConfig } from "../../src/config/load.ts";
import { importBroker } from "../../src/courier/broker/import-broker.ts";
import { parseIni } from "../../src/courier/broker/ini.ts";
import { runCourier } from "../../src/courier/courier.ts";
import { StandInMisp } from "../../src/demo/stand-in/stand-in-misp.ts";
import { LedgerReport } from "../../src/ledger/report/report.ts";
import { silent } from "../../src/log.ts";
import type { Delta } from "../../src/model/delta.ts";
import { call } from "../cli/captured-terminal.ts";
import { ABroker } from "../support/a-broker.ts";
import { aFolder } from "../support/a-folder.ts";
import { calm, eventually } from "../support/running-courier.ts";

const QRADAR = { SIEM: "qradar", SIEM_PROTOCOL: "https", SIEM_ADDRESS: "qradar.example.org", SIEM_PORT: "443" };
const ENVIRONMENT = {
  MISP_API_KEY: "k".repeat(40),
  QRADAR_TOKEN_SOC_1: "token",
  TELEGRAM_BOT_TOKEN: "123456:telegram",
};

const imported = (broker: ABroker, output?: string, only?: string[]) =>
  importBroker({ directory: broker.directory, only, output, environment: {}, clock: Date.now });

describe("a file of settings", () => {
  test("is read as MISP-Broker reads it", () => {
    const text =
      "; no\n# no\n[A]\nKey = one two  # a remark\nkey=x#y\nURL : http://a/?b=c\nblank =   # nothing\n[B]\nk = v\n";
    expect(parseIni(text)).toEqual(
      new Map([
        [
          "A",
          new Map([
            ["Key", "one two"],
            ["key", "x#y"],
            ["URL", "http://a/?b=c"],
            ["blank", ""],
          ]),
        ],
        ["B", new Map([["k", "v"]])],
      ]),
    );
  });
});

describe("the settings of a MISP-Broker", () => {
  test("become a configuration that loads, with a target for each of its configurations", () => {
    const broker = new ABroker();
    broker.configure("lists", { SIEM: "CSV", SIEM_ADDRESS: "/srv/lists/" });
    broker.configure("soc.1", {
      ...QRADAR,
      SIEM_VERIFY_SSL: "False",
      SIEM_API_TOKEN: "siem-s3cret",
      BATCH_LIST_SIZE: "500",
    });
    const output = join(aFolder(), "config.yaml");
    imported(broker, output);
    const config = loadConfig(output, ENVIRONMENT);
    expect(config.misp).toMatchObject({
      url: "https://misp.example.org",
      zeromq: { endpoint: "tcp://misp.example.org:50000" },
    });
    expect(config.indicators).toMatchObject({
      require_published: false,
      exceptions: { comment: "SOC Ausnahme", tags: ["*soc:exception*", "benign*"] },
    });
    expect(config.alerts.telegram).toMatchObject({ chat_id: "-1009999999999" });
    expect(config.targets.lists).toMatchObject({
      type: "csv",
      settings: { directory: "/srv/lists/lists", layout: "broker" },
      types: ["ip-dst", "domain", "domain|ip", "url", "md5"],
      ttl: { "ip-dst": 90 * 86_400, domain: 182 * 86_400, url: 365 * 86_400, md5: null },
    });
    expect(config.targets["soc.1"]).toMatchObject({
      type: "qradar",
      batch: 500,
      settings: { url: "https://qradar.example.org:443", layout: "broker", verify_tls: false, token: "token" },
    });
  });

  test("are copied without a secret in them", () => {
    const broker = new ABroker();
    broker.configure("soc.1", { ...QRADAR, SIEM_API_TOKEN: "siem-s3cret" });
    const { yaml, notes } = imported(broker);
    expect(yaml + notes.join()).not.toMatch(/s3cret/);
    expect(parse(yaml).targets["soc.1"].token).toBe(`\${QRADAR_TOKEN_SOC_1}`);
  });

  test("take the list of types that a configuration names", () => {
    const broker = new ABroker();
    broker.write("type_list-few.txt", "sha256 0 ALN\n");
    broker.configure("lists", { SIEM: "CSV", SIEM_ADDRESS: "/srv" }, { MISP_TYPE_LIST: "few" });
    expect(parse(imported(broker).yaml).targets.lists).toMatchObject({ types: ["sha256"], ttl: { sha256: "never" } });
  });

  test("stay apart where names are alike here, each with a variable of its own", () => {
    const broker = new ABroker();
    for (const name of ["soc-1", "soc_1", "soc 1"])
      broker.configure(name, { ...QRADAR, SIEM_ADDRESS: `${name[3]}.example` });
    broker.configure("\u65e5\u672c", { SIEM: "CSV", SIEM_ADDRESS: "/srv" });
    const { targets } = parse(imported(broker).yaml);
    const told = Object.entries<{ url?: string; token?: string }>(targets).map(([name, { token }]) => [name, token]);
    expect(Object.fromEntries(told)).toEqual({
      "soc-1": `\${QRADAR_TOKEN_SOC_1}`,
      "soc-1-2": `\${QRADAR_TOKEN_SOC_1_2}`,
      "soc_1-3": `\${QRADAR_TOKEN_SOC_1_3}`,
      target: undefined,
    });
    expect(targets.target.directory).toBe("/srv/\u65e5\u672c");
    expect(new Set(Object.values<{ url?: string }>(targets).map(({ url }) => url)).size).toBe(4);
  });

  test("count directories from its own folder, and have Telegram reached over its proxy", () => {
    const broker = new ABroker();
    broker.configure("lists", { SIEM: "CSV", SIEM_ADDRESS: "out/" });
    broker.write(
      "settings.cfg",
      "[SYSTEM_SETTINGS]\nPROXY = proxy.local:3128  # for Telegram\nTELEGRAM_BOT_TOKEN = 1:t\nTELEGRAM_CHAT_ID = 2\n",
    );
    const { targets, alerts } = parse(imported(broker).yaml);
    expect(targets.lists.directory).toBe(join(broker.directory, "out", "lists"));
    expect(alerts.telegram.proxy).toBe("http://proxy.local:3128");
  });

  test("of which something has no counterpart are told of", () => {
    const broker = new ABroker();
    broker.write("settings.cfg", "[BROKER_SETTINGS]\nMISP_TAG_EXCEPTION = a(b|c)+\nMISP_COMMENT_EXCEPTION = (\n");
    broker.configure("lists", { SIEM: "CSV", SIEM_ADDRESS: "/srv" });
    const { notes, yaml } = imported(broker);
    expect(notes.join()).toMatch(/MISP_TAG_EXCEPTION cannot be said.*a\(b\|c\)\+/);
    expect(notes.join()).toContain("MISP_COMMENT_EXCEPTION is no regular expression");
    expect(parse(yaml).indicators.exceptions).toEqual({ comment: "", tags: [] });
  });

  test.each([
    ["soc", ["*soc*"]],
    ["^soc:.*$", ["soc:*"]],
    ["^tlp:red$|false.positive", ["tlp:red", "*false*positive*"]],
  ])("have the tags that match %s left out, and those alone that a * can tell from others", (pattern, expected) => {
    const broker = new ABroker();
    broker.write("settings.cfg", `[BROKER_SETTINGS]\nMISP_TAG_EXCEPTION = ${pattern}\n`);
    broker.configure("lists", { SIEM: "CSV", SIEM_ADDRESS: "/srv" });
    expect(parse(imported(broker).yaml).indicators.exceptions.tags).toEqual(expected);
  });

  test.each([
    ["2022-1-31", "2022-01-31"],
    ["2022-11-3", "2022-11-03"],
  ])("may begin with the date %s, as Python reads it", (given, date) => {
    const broker = new ABroker();
    broker.write("settings.cfg", `[BROKER_SETTINGS]\nSTART_DATE = ${given}\n`);
    broker.configure("lists", { SIEM: "CSV", SIEM_ADDRESS: "/srv" });
    expect(parse(imported(broker).yaml).misp.catch_up).toEqual({ first_load: date });
  });

  test.each([
    ["2022-02-30", "is no date here"],
    ["2022-13-01", "is no date here"],
    ["01/02/2022", "is no date here"],
    ["9999-01-01", "is yet to come"],
  ])("are told of where they begin with %s, and come over", (given, trouble) => {
    const broker = new ABroker();
    broker.write("settings.cfg", `[BROKER_SETTINGS]\nSTART_DATE = ${given}\n`);
    broker.configure("lists", { SIEM: "CSV", SIEM_ADDRESS: "/srv" });
    const { notes } = imported(broker, join(aFolder(), "config.yaml"));
    expect(notes.join()).toContain(
      `START_DATE ${trouble}, and left out, so that the first load looks back as far as it can: ${given}`,
    );
  });

  test("that may see different things of MISP are told to get the same here", () => {
    const broker = new ABroker();
    const told = () => imported(broker).notes.some((note) => note.includes("every target gets what that may see"));
    broker.configure("one", { SIEM: "CSV", SIEM_ADDRESS: "/srv" });
    broker.configure("two", { SIEM: "CSV", SIEM_ADDRESS: "/srv" });
    expect(told()).toBe(false);
    broker.configure("two", { SIEM: "CSV", SIEM_ADDRESS: "/srv" }, { MISP_API_TOKEN: "of another user" });
    expect(told()).toBe(true);
  });

  test("that follow two MISPs are not mixed", () => {
    const broker = new ABroker();
    broker.configure("one", { SIEM: "CSV", SIEM_ADDRESS: "/srv" });
    broker.configure("two", { SIEM: "CSV", SIEM_ADDRESS: "/srv" }, { MISP_ADDRESS: "other.example.org" });
    expect(() => imported(broker)).toThrow(/one and two follow different MISPs.*--only/);
    expect(parse(imported(broker, undefined, ["two"]).yaml).misp.url).toBe("https://other.example.org");
  });
});

describe("the command", () => {
  test("shows the file, and writes nothing, unless it is told where to", async () => {
    const broker = new ABroker();
    broker.configure("lists", { SIEM: "CSV", SIEM_ADDRESS: "/srv" });
    const before = readdirSync(broker.directory).sort();
    const { code, out, err } = await call(["import-broker", broker.directory]);
    expect(code).toBe(0);
    expect(parse(out).targets.lists.directory).toBe("/srv/lists");
    expect(err).toContain("note: Switch on MISP's ZeroMQ feed");
    expect(readdirSync(broker.directory).sort()).toEqual(before);
  });

  test("overwrites neither a configuration nor a ledger", async () => {
    const broker = new ABroker();
    broker.configure("lists", { SIEM: "CSV", SIEM_ADDRESS: "/srv" });
    const folder = aFolder();
    const output = join(folder, "config.yaml");
    writeFileSync(output, "mine\n");
    expect(await call(["import-broker", broker.directory, "-o", output])).toMatchObject({ code: 73 });
    expect(readFileSync(output, "utf8")).toBe("mine\n");
    const elsewhere = join(aFolder(), "config.yaml");
    expect((await call(["import-broker", broker.directory, "-o", elsewhere])).code).toBe(0);
    const again = await call(["import-broker", broker.directory, "-o", elsewhere]);
    expect(again).toMatchObject({ code: 73, err: expect.stringContaining("is there already") });
  });

  test("leaves nothing behind that would keep a second try from working", async () => {
    const broker = new ABroker();
    broker.configure("lists", { SIEM: "CSV", SIEM_ADDRESS: "/srv" });
    const output = join(aFolder(), "config.yaml");
    broker.write("type_list.txt", "url 99999999 ALNIC\n");
    const first = await call(["import-broker", broker.directory, "-o", output]);
    expect(first).toMatchObject({
      code: 66,
      err: expect.stringMatching(/targets\.lists\.ttl\.url must be a duration/),
    });
    broker.write("type_list.txt", "url 90 ALNIC\n");
    broker.write("files/databases/lists.db", "no database");
    expect((await call(["import-broker", broker.directory, "-o", output])).err).toContain("is no database");
    broker.configure("other", { SIEM: "CSV", SIEM_ADDRESS: "/srv" });
    expect((await call(["import-broker", broker.directory, "-o", output, "--only", "other"])).code).toBe(0);
  });

  test("says what is missing", async () => {
    const broker = new ABroker();
    expect((await call(["import-broker", broker.directory])).err).toContain(
      "holds no configuration beside default.cfg",
    );
    expect((await call(["import-broker", aFolder()])).err).toContain("is this the folder of a MISP-Broker?");
    broker.configure("lists", { SIEM: "CSV" });
    expect((await call(["import-broker", broker.directory])).err).toContain("lists.cfg has no SIEM_ADDRESS");
    broker.configure("lists", { SIEM: "CSV", SIEM_ADDRESS: "/srv" });
    broker.write("files/databases/lists.db", "this is no database at all, whatever its name says");
    const { code, err } = await call(["import-broker", broker.directory, "-o", join(aFolder(), "config.yaml")]);
    expect(code).toBe(66);
    expect(err).toContain("is no database of MISP-Broker");
  });
});

describe("what the targets of a MISP-Broker hold", () => {
  test("is believed, with what it had yet to take off, and without what it took off or never sent", () => {
    const broker = new ABroker();
    broker.configure("lists", { SIEM: "CSV", SIEM_ADDRESS: join(aFolder(), "lists") });
    broker.fill("lists", [
      { type: "domain", value: "a.example" },
      { type: "domain|ip", value: "b.example|192.0.2.1" },
      { type: "domain", value: "unsent.example", synced: 0 },
      { type: "domain", value: "gone.example", purged: 1 },
      { type: "domain", value: "gone.fp.example", falsePositive: 1, synced: 0, purged: 1 },
      { type: "domain", value: "fp.example", falsePositive: 1 },
      { type: "hostname", value: "of.no.listed.type" },
    ]);
    const output = join(aFolder(), "config.yaml");
    expect(imported(broker, output).held).toEqual(new Map([["lists", 3]]));
    using report = new LedgerReport(join(output, "..", "state", "ledger.sqlite"));
    expect(report.summary().targets).toEqual([{ name: "lists", held: 3, doubtful: 0, lag: 3 }]);
  });

  test("stays where it is, and the first deliveries are only what differs", async () => {
    const misp = await StandInMisp.open({});
    const stop = new AbortController();
    const folder = aFolder();
    const lists = join(folder, "lists", "soc");
    const many = Array.from({ length: 1_500 }, (_, n) => `d${n}.example`);
    try {
      const broker = new ABroker();
      const { host } = new URL(misp.url);
      const follows = { MISP_ADDRESS: host, MISP_PROTOCOL: "http" };
      broker.configure("soc", { SIEM: "CSV", SIEM_ADDRESS: join(folder, "lists") }, follows);
      const held = [...many, "Upper.example", "withdrawn.example"];
      broker.fill(
        "soc",
        held.map((value) => ({ type: "domain", value })),
      );
      mkdirSync(lists, { recursive: true });
      writeFileSync(join(lists, "tsi_misp_domain.csv"), `value\n${held.join("\n")}\n`);
      const inMisp = [...many, "Upper.example", "new.example"].map((value) => ({ type: "domain", value }));
      misp.publish(misp.addEvent({ info: "domains", attributes: inMisp }).id);

      const output = join(folder, "config.yaml");
      imported(broker, output);
      writeFileSync(output, readFileSync(output, "utf8").replace(/zeromq: .*/, `zeromq: ${misp.endpoint}`));
      const deltas: Delta[] = [];
      const running = runCourier({
        config: loadConfig(output, { MISP_API_KEY: misp.key, TELEGRAM_BOT_TOKEN: "t" }),
        log: silent,
        signal: stop.signal,
        clock: Date.now,
        observer: { delivered: (_, { delta }) => void deltas.push(delta) },
      });
      const wanted = ["new.example", "upper.example", ...many].sort();
      await eventually(async () => {
        const [, ...lines] = readFileSync(join(lists, "tsi_misp_domain.csv"), "utf8").trimEnd().split("\n");
        expect(lines.sort()).toEqual(wanted);
      });
      const touched = (part: "add" | "renew" | "remove") =>
        deltas.flatMap((delta) => delta[part].map(({ value }) => value));
      await eventually(async () => expect(touched("remove").sort()).toEqual(["Upper.example", "withdrawn.example"]));
      expect(touched("add").sort()).toEqual(["new.example", "upper.example"]);
      expect(touched("renew")).toEqual([]);
      stop.abort();
      await running;
    } finally {
      stop.abort();
      await misp.close();
    }
  }, 60_000);

  test("is not taken off by a MISP that shows nothing at all", async () => {
    const misp = await StandInMisp.open({});
    const folder = aFolder();
    const list = join(folder, "lists", "soc", "tsi_misp_domain.csv");
    const broker = new ABroker();
    const { host } = new URL(misp.url);
    broker.configure(
      "soc",
      { SIEM: "CSV", SIEM_ADDRESS: join(folder, "lists") },
      { MISP_ADDRESS: host, MISP_PROTOCOL: "http" },
    );
    broker.fill("soc", [{ type: "domain", value: "a.example" }]);
    mkdirSync(join(folder, "lists", "soc"), { recursive: true });
    writeFileSync(list, "value\na.example\n");
    const output = join(folder, "config.yaml");
    imported(broker, output);
    writeFileSync(output, readFileSync(output, "utf8").replace(/zeromq: .*/, `zeromq: ${misp.endpoint}`));
    const stop = new AbortController();
    let running: Promise<void> = Promise.resolve();
    const told: string[] = [];
    const log = { ...silent, info: (sentence: string) => void told.push(sentence) };
    try {
      const config = loadConfig(output, { ...ENVIRONMENT, MISP_API_KEY: misp.key });
      running = runCourier({ config, log, signal: stop.signal, clock: Date.now });
      await eventually(async () => expect(told).toContain("In step with MISP"));
      await calm();
    } finally {
      stop.abort();
      await running;
      await misp.close();
    }
    expect(readFileSync(list, "utf8")).toBe("value\na.example\n");
  });

  test("is not taken off while MISP cannot be read", async () => {
    const folder = aFolder();
    const lists = join(folder, "lists", "soc");
    const broker = new ABroker();
    broker.configure(
      "soc",
      { SIEM: "CSV", SIEM_ADDRESS: join(folder, "lists") },
      { MISP_ADDRESS: "127.0.0.1:9", MISP_PROTOCOL: "http" },
    );
    broker.fill("soc", [{ type: "domain", value: "a.example" }]);
    mkdirSync(lists, { recursive: true });
    writeFileSync(join(lists, "tsi_misp_domain.csv"), "value\na.example\n");
    const output = join(folder, "config.yaml");
    imported(broker, output);
    const stop = new AbortController();
    let running: Promise<void> = Promise.resolve();
    const failed = new Promise<void>((resolve) => {
      const log = {
        ...silent,
        warn: (sentence: string) => void (sentence.startsWith("Catching up failed") && resolve()),
      };
      const config = loadConfig(output, ENVIRONMENT);
      running = runCourier({ config, log, signal: stop.signal, clock: Date.now });
    });
    await failed;
    stop.abort();
    await running;
    expect(readFileSync(join(lists, "tsi_misp_domain.csv"), "utf8")).toBe("value\na.example\n");
  });
});
