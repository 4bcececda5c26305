import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { StandInMisp } from "../../src/demo/stand-in/stand-in-misp.ts";
import { ChildCourier } from "../faults/child-courier.ts";
import { aFolder } from "../support/a-folder.ts";
import { call } from "./captured-terminal.ts";

test("check names each place where certificates go unchecked, and finds the configuration sound all the same", async () => {
  const config = join(aFolder(), "config.yaml");
  const lines = [
    "misp: {url: https://m.example, key: k, verify_tls: false}",
    "targets:",
    "  siem: {type: qradar, url: https://q.example, token: t, verify_tls: false}",
    "  bus: {type: kafka, brokers: ['k.example:9092'], tls: {verify_tls: false}}",
    "  other: {type: kafka, brokers: ['k.example:9093'], tls: true}",
  ];
  writeFileSync(config, `${lines.join("\n")}\n`);
  const { code, err } = await call(["check", "--config", config]);
  expect(code).toBe(0);
  const named = ["targets.siem.verify_tls", "targets.bus.tls.verify_tls", "misp.verify_tls"];
  expect(err.split("\n")).toEqual(named.map((key) => expect.stringContaining(`${key}: certificates are not checked`)));
});

test("the log says so at each start", async () => {
  const misp = await StandInMisp.open();
  await using courier = new ChildCourier(aFolder(), misp, {
    misp: { url: misp.url, key: misp.key, zeromq: misp.endpoint, verify_tls: false },
  });
  courier.start();
  await courier.hears();
  const said = courier.log.find((line) => line.includes("Certificates are not checked"));
  expect(said).toContain("misp.verify_tls");
  await courier.stop();
  await misp.close();
});
