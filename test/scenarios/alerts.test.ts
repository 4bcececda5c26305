import { stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { BotApi } from "../alerts/bot-api.ts";
import { eventually, RunningCourier } from "../support/running-courier.ts";

const CHAT = -100200;
const TOKEN = "123456:a-token-that-nobody-may-see";

test("a chat is told that MISP refuses the key, and answers what it is asked", async () => {
  await using api = await BotApi.start();
  const alerts = { telegram: { token: TOKEN, chat_id: CHAT, api_root: api.url } };
  await using courier = await RunningCourier.start({ alerts });
  const said = (what: RegExp) =>
    eventually(async () => expect(api.messages.map(({ text }) => text).join("\n---\n")).toMatch(what));

  courier.misp.pullFromServer({
    organisation: { name: "Partner", uuid: "7a1f0c52-6c0b-4d8e-9f7e-2d3b8f6a1caa" },
    info: "Campaign",
    attributes: [{ type: "domain", value: "held.example" }],
  });
  await courier.listed("domain", "held.example");
  api.say(CHAT, "/status");
  // Whether the disk is scarce is up to the machine that this runs on.
  await said(/(Nothing is wrong|⚠ The disk of the state directory fills up: \d+ MB are free)\.\nThe feed is heard\.\n/);
  await said(/blocklists: (in step|\d+ changes? behind)/);
  api.say(CHAT, "/explain held[.]example");
  await said(/domain held\[\.]example: active, score 50\n[\s\S]*blocklists: holds it, is to hold it/);
  api.say(CHAT, "/explain never.example");
  await said(/Nothing is known of never\[\.]example/);
  api.say(CHAT, "/held");
  await said(/No change waits for a person/);

  await courier.stop();
  await courier.start({
    alerts,
    misp: { url: courier.misp.url, key: "f".repeat(40), zeromq: courier.misp.endpoint, timeout: "5s" },
  });
  await said(/⚠ MISP refuses the courier's key/);
  expect((await stat(join(courier.directory, "state", "alerts.json"))).mode & 0o777).toBe(0o600);
});

test("a chat is told of what a guard holds as long as its target is fed", async () => {
  await using api = await BotApi.start();
  const alerts = { telegram: { token: TOKEN, chat_id: CHAT, api_root: api.url } };
  const guard = { max_removed: { percent: 0, at_least: 1 } };
  await using courier = await RunningCourier.start({ alerts, guard });
  const said = (what: RegExp) =>
    eventually(async () => expect(api.messages.map(({ text }) => text).join("\n---\n")).toMatch(what));

  const { event } = courier.publishDomains("a.example", "b.example", "c.example");
  await courier.listed("domain", "a.example", "b.example", "c.example");
  courier.misp.deleteEvent(event);
  await said(/⚠ A change for target blocklists is held/);
  await courier.stop();
  const other = { type: "csv", directory: join(courier.directory, "other") };
  await courier.start({ alerts, guard, targets: { other } });
  api.say(CHAT, "/held");
  await said(/No change waits for a person/);
  await courier.stop();
  const blocklists = { type: "csv", directory: join(courier.directory, "lists"), enabled: false };
  await courier.start({ alerts, guard, targets: { blocklists } });
  api.say(CHAT, "/explain a.example");
  await said(/blocklists: holds it, is switched off/);
});
