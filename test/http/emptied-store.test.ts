import { rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LEDGER_FILE } from "../../src/courier/open-ledger.ts";
import { IGNORANCE } from "../../src/curation/knowledge.ts";
import { Front } from "../../src/http/front.ts";
import { silent } from "../../src/log.ts";
import { ListStore } from "../../src/targets/http/store.ts";
import { ask } from "../support/a-web-page.ts";
import { eventually, RunningCourier } from "../support/running-courier.ts";
import { startWatched, type WatchedCourier } from "./a-watched-courier.ts";

const TARGETS = {
  firewall: { type: "http", lists: { domains: { types: ["domain"] }, addresses: { types: ["ip-dst"] } } },
};

/** Takes from the target what it holds, as whoever moves its file away does. */
function empty({ courier }: WatchedCourier): void {
  const store = new DatabaseSync(join(courier.directory, "state", "lists", "firewall.sqlite"));
  store.exec("DELETE FROM entry");
  store.close();
}

test("a list whose target has lost everything is not taken for one that is meant to be empty", async () => {
  await using watched = await startWatched({ targets: TARGETS });
  const list = (name: string) => ask(`${watched.url}lists/${name}.txt`);
  const { attributes } = watched.courier.publishDomains("evil.example");
  await eventually(async () => expect((await list("domains")).text).toBe("evil.example\n"));
  expect(await list("addresses")).toMatchObject({ status: 200, text: "" });
  await eventually(async () => {
    // What is lost before the courier first looked for that is sent again.
    empty(watched);
    expect((await list("domains")).status).toBe(503);
  });
  watched.courier.misp.softDelete(attributes[0] ?? 0);
  await eventually(async () => expect(await list("domains")).toMatchObject({ status: 200, text: "" }));
});

describe("as long as its target has yet to be told of something", () => {
  const targets = { firewall: { ...TARGETS.firewall, batch: 1, rate: 0.001 } };
  let watched: WatchedCourier;

  beforeAll(async () => {
    watched = await startWatched({ targets });
    watched.courier.publishDomains("a.example", "b.example");
    await eventually(async () => {
      // Of the one that is there, too, something may be told anew: what it lags behind by may be two.
      expect((await ask(`${watched.url}metrics`)).text).toMatch(/target_lag\{.*\} [12]$/m);
    });
  });
  afterAll(() => watched[Symbol.asyncDispose]());

  test("a list is not served empty after a restart", async () => {
    await using front = new Front({ config: await watched.courier.config(), log: silent, clock: Date.now });
    await front.listen();
    front.observer.started?.({ protections: { of: () => () => null }, knowledge: () => IGNORANCE });
    const list = (name: string) => ask(`${front.url}lists/${name}.txt`);
    await eventually(async () => expect((await list("domains")).text).toMatch(/^[ab]\.example\n$/));
    expect((await list("addresses")).status).toBe(503);
  });

  test("a list of what was begun with nothing, as under a new name, is not served in part", async () => {
    expect((await ask(`${watched.url}lists/domains.txt`)).status).toBe(503);
  });
});

test("a list is not served in part while its target is sent again what was in a file that is gone", async () => {
  await using courier = await RunningCourier.start({ http: { listen: "127.0.0.1:0" }, targets: TARGETS });
  courier.publishDomains("a.example", "b.example");
  const state = join(courier.directory, "state");
  await eventually(async () => {
    using ledger = new DatabaseSync(join(state, LEDGER_FILE));
    expect(ledger.prepare("SELECT count(*) AS count FROM held").get()).toEqual({ count: 2 });
  });
  await courier.compared();
  await courier.stop();
  await rm(join(state, "lists"), { recursive: true });
  await using front = new Front({ config: await courier.config(), log: silent, clock: Date.now });
  await front.listen();
  front.observer.started?.({ protections: { of: () => () => null }, knowledge: () => IGNORANCE });
  using ledger = new DatabaseSync(join(state, LEDGER_FILE));
  ledger.exec("INSERT INTO again SELECT target.id, indicator.id FROM target, indicator");
  const store = ListStore.open(join(state, "lists", "firewall.sqlite"));
  store.change([{ type: "domain", value: "a.example", score: 50, expires: null }], []);
  const list = () => ask(`${front.url}lists/domains.txt`);
  expect((await list()).status).toBe(503);
  ledger.exec("DELETE FROM again");
  expect(await list()).toMatchObject({ status: 200, text: "a.example\n" });
  store.close();
});

test("a list is not served empty because a guard keeps all of it back", async () => {
  // Not even one: a busy machine may be told of the two one after the other.
  const guard = { max_added: { percent: 0, at_least: 0 } };
  await using watched = await startWatched({ targets: { firewall: { ...TARGETS.firewall, guard } } });
  const list = () => ask(`${watched.url}lists/domains.txt`);
  watched.courier.publishDomains("a.example", "b.example");
  await eventually(async () => expect((await ask(`${watched.url}metrics`)).text).toMatch(/held_back\{.*"add"\} 2/));
  expect((await list()).status).toBe(503);
});
