import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { loadConfig } from "../../src/config/load.ts";
import { runCourier } from "../../src/courier/courier.ts";
import { Front } from "../../src/http/front.ts";
import { silent } from "../../src/log.ts";
import { call } from "../cli/captured-terminal.ts";
import { Browser, chromiumOnThisMachine } from "../support/a-browser.ts";
import { aFolder } from "../support/a-folder.ts";
import { eventually } from "../support/running-courier.ts";

test("a forwarder, which has no MISP, speaks of its topic where a courier speaks of MISP", async () => {
  const file = join(aFolder(), "config.yaml");
  const settings = {
    role: "forwarder",
    source: { kafka: { brokers: ["127.0.0.1:1"], topic: "misp.indicators" } },
    targets: { blocklists: { type: "csv", directory: "./lists" } },
    http: { listen: "127.0.0.1:0" },
  };
  await writeFile(file, stringify(settings));
  const config = loadConfig(file, {});
  const stop = new AbortController();
  const front = new Front({ config, log: silent, clock: Date.now });
  const options = { config, log: silent, signal: stop.signal, clock: Date.now, observer: front.observer };
  const running = runCourier(options);
  try {
    await front.listen();
    await eventually(async () => {
      const { out } = await call(["status", "--config", file]);
      expect(out).toContain("Topic: last heard never, last read to its end never.");
      expect(out).not.toContain("MISP");
    });
    const { out: explained } = await call(["explain", "unheard.example", "--config", file]);
    expect(explained).toContain("The topic has no such record");
    expect(explained).not.toContain("MISP");
    const program = chromiumOnThisMachine();
    if (!program) return;
    await using browser = await Browser.open(program);
    await browser.go(front.url);
    const feed = () => browser.evaluate("document.getElementById('feed').innerText");
    await eventually(async () => expect(await feed()).toMatch(/^The topic is not heard: /));
  } finally {
    stop.abort();
    await running;
    await front[Symbol.asyncDispose]();
  }
});
