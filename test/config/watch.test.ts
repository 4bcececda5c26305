import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { ConfigWatch } from "../../src/config/watch.ts";
import { aFolder } from "../support/a-folder.ts";
import { eventually } from "../support/running-courier.ts";

const MISP = "misp: {url: https://misp.example.org, key: k, zeromq: tcp://127.0.0.1:50000}\n";
const TARGETS = "targets: {edge: {type: csv, directory: ./lists}}\n";
const LOG = "log: {level: debug}\n";

test("a file that is still being written is not taken, even where the half of it is a configuration", async () => {
  const file = join(aFolder(), "config.yaml");
  writeFileSync(file, MISP + TARGETS);
  const seen: string[] = [];
  const environment = {};
  let inForce = loadConfig(file, environment);
  const current = () => inForce;
  const changed = (config: typeof inForce) => {
    inForce = config;
    seen.push(`${Object.keys(config.targets)} ${config.log.level}`);
  };
  const refused = () => void seen.push("refused");
  using _ = new ConfigWatch({ file, environment, clock: Date.now, current, changed, refused });
  writeFileSync(file, MISP);
  for (const part of [LOG, TARGETS]) {
    await pause(400);
    appendFileSync(file, part);
  }
  await eventually(async () => expect(seen).toHaveLength(1));
  expect(seen).toEqual(["edge debug"]);
});

test("what is written to the file between its reading at the start and the first look is taken", async () => {
  const file = join(aFolder(), "config.yaml");
  writeFileSync(file, MISP + TARGETS);
  const read = loadConfig(file, {});
  appendFileSync(file, LOG);
  const seen: string[] = [];
  const changed = (config: typeof read) => void seen.push(config.log.level);
  const options = { file, environment: {}, clock: Date.now, current: () => read, changed, refused: () => {} };
  using _ = new ConfigWatch(options);
  await eventually(async () => expect(seen).toEqual(["debug"]));
});

test("certificates that were renewed under their name are another configuration, once it is to be read again", () => {
  const file = join(aFolder(), "config.yaml");
  const certificates = join(file, "..", "ca.pem");
  const former = readFileSync(new URL("../fixtures/tls/loopback.pem", import.meta.url), "utf8");
  writeFileSync(file, MISP.replace("key: k", "key: k, ca_file: ./ca.pem"));
  writeFileSync(certificates, former);
  let inForce = loadConfig(file, {});
  const seen: string[] = [];
  const changed = (config: typeof inForce) => {
    inForce = config;
    seen.push("changed");
  };
  const options = { file, environment: {}, clock: Date.now, current: () => inForce, changed, refused: () => {} };
  using watch = new ConfigWatch(options);
  watch.read();
  expect(seen).toEqual([]);
  writeFileSync(certificates, former + former);
  watch.read();
  watch.read();
  expect(seen).toEqual(["changed"]);
});
