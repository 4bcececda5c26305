import { renameSync } from "node:fs";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { LEDGER_FILE } from "../../src/courier/open-ledger.ts";
import { LastingFront } from "../../src/http/lasting-front.ts";
import { LedgerReport } from "../../src/ledger/report/report.ts";
import { type Logger, silent } from "../../src/log.ts";
import { load, MINIMAL } from "../config/configuration.ts";
import { ask } from "../support/a-web-page.ts";
import { eventually } from "../support/running-courier.ts";
import { startWatched, type WatchedCourier } from "./a-watched-courier.ts";

describe("the front of a running courier", () => {
  let watched: WatchedCourier;
  let later = 0;
  const event = { info: "Campaign", attributes: [{ type: "domain", value: "evil.example" }] };

  beforeAll(async () => {
    const blocklists = { type: "csv", directory: "./lists" };
    const firewall = { type: "http", lists: { domains: { types: ["domain"] } } };
    watched = await startWatched({ targets: { blocklists, firewall } }, () => Date.now() + later);
    const { misp } = watched.courier;
    misp.publish(misp.addEvent(event).id);
    await watched.courier.listed("domain", "evil.example");
  });
  afterAll(() => watched[Symbol.asyncDispose]());

  const answer = async (path: string) => await ask(watched.url + path);

  test("is healthy once it has caught up, and says so of the feed and each target", async () => {
    await eventually(async () => {
      const { status, text } = await answer("healthz");
      expect(JSON.parse(text)).toMatchObject({
        healthy: true,
        complaints: [],
        feed: { heard: true },
        catchUp: { fresh: true },
        targets: { blocklists: "in step", firewall: "in step" },
      });
      expect(status).toBe(200);
    });
  });

  test("is not healthy while nothing of what it hears is saved, as on a full disk", async () => {
    later = 120_000;
    const { status, text } = await answer("healthz");
    later = 0;
    expect(JSON.parse(text)).toMatchObject({ healthy: false, complaints: ["what the feed says is not saved"] });
    expect(status).toBe(503);
  });

  test("is not healthy once its state was taken away, to which all is saved as before, and lost", async () => {
    const ledger = join(watched.courier.directory, "state", LEDGER_FILE);
    renameSync(ledger, `${ledger}.away`);
    const { status, text } = await answer("healthz");
    renameSync(`${ledger}.away`, ledger);
    const complaints = [expect.stringContaining("the state folder was taken away")];
    expect(JSON.parse(text)).toMatchObject({ healthy: false, complaints });
    expect(status).toBe(503);
  });

  test("gives a firewall what the http target holds", async () => {
    await eventually(async () => expect(await answer("lists/domains.txt")).toMatchObject({ text: "evil.example\n" }));
  });

  test("gives Prometheus counters, lag and held for each target, and how long a change took", async () => {
    await eventually(async () => {
      const { text, headers } = await answer("metrics");
      expect(headers["content-type"]).toContain("text/plain; version=0.0.4");
      expect(text).toMatch(/^misp_courier_heard_total\{kind="published"\} 1$/m);
      expect(text).toMatch(/^misp_courier_delivered_items_total\{target="blocklists",operation="add"\} 1$/m);
      expect(text).toMatch(/^misp_courier_target_held\{target="firewall"\} 1$/m);
      expect(text).toMatch(/^misp_courier_target_lag\{target="firewall"\} 0$/m);
      expect(text).toMatch(/^# HELP misp_courier_target_lag .* counted as far as 100000$/m);
      expect(text).toMatch(/^misp_courier_visible_seconds_count\{target="blocklists"\} 1$/m);
      expect(text).toMatch(/^misp_courier_delivery_seconds_bucket\{le="\+Inf",target="firewall"\} 1$/m);
      expect(text).toMatch(/^misp_courier_feed_heard 1$/m);
    });
  });

  test("explains a value as the command line does", async () => {
    const explanation: unknown = JSON.parse((await answer("explain?value=EVIL.example")).text);
    expect(explanation).toMatchObject({
      indicators: [{ value: "evil.example", withheld: null, targets: [{ name: "blocklists" }, { name: "firewall" }] }],
    });
    expect((await answer("explain")).status).toBe(400);
  });

  test("names the warninglists that withhold a value, as the command line does", async () => {
    const { misp } = watched.courier;
    const matchingAttributes = ["domain"];
    misp.setWarninglist({
      ...{ id: 7, name: "popular sites", type: "hostname", enabled: true },
      ...{ matchingAttributes, list: ["popular.example"] },
    });
    misp.publish(misp.addEvent({ info: "Sites", attributes: [{ type: "domain", value: "www.popular.example" }] }).id);
    await eventually(async () => {
      const { indicators } = JSON.parse((await answer("explain?value=www.popular.example")).text);
      const warninglists = ["popular sites (popular.example)"];
      expect(indicators).toMatchObject([{ supports: [{ withheld: "warninglist", warninglists }] }]);
    });
  });

  test("explains a value of any length that MISP can hold", async () => {
    const { status, text } = await answer(`explain?value=${"%2F".repeat(65_535)}`);
    expect([status, JSON.parse(text)]).toMatchObject([200, { indicators: [], elsewhere: [] }]);
    expect((await answer(`explain?value=${"a".repeat(65_537)}`)).status).toBe(400);
  });

  test("shows the beginning of an event's name that has no end, beside each attribute that holds a value up", async () => {
    const { misp } = watched.courier;
    const attributes = ["domain", "hostname"].map((type) => ({ type, value: "named.example" }));
    misp.publish(misp.addEvent({ info: "endless ".repeat(8_000), attributes }).id);
    await eventually(async () => {
      const { indicators } = JSON.parse((await answer("explain?value=named.example")).text);
      const supports = [{ event: expect.stringMatching(/^(endless )+endless…$/) }];
      expect(indicators).toMatchObject([{ supports }, { supports }]);
      expect(indicators[0].supports[0].event).toHaveLength(1_000);
    });
  });

  test("explains one value at a time, and none to who has hung up", async () => {
    const given = vi.spyOn(LedgerReport.prototype, "attributes");
    const patience = new AbortController();
    const { signal } = patience;
    let asking: Promise<unknown>[] = [];
    given.mockImplementationOnce(async () => {
      asking = Array.from({ length: 20 }, (_, n) => fetch(`${watched.url}explain?value=${n}.example`, { signal }));
      // Answered one after the other: by the first all have asked, by the second the courier has heard that they are gone.
      await answer("healthz");
      patience.abort();
      await Promise.allSettled(asking);
      await answer("healthz");
      await answer("healthz");
      return [];
    });
    for (const value of ["first.example", "last.example"]) {
      expect(JSON.parse((await answer(`explain?value=${value}`)).text)).toMatchObject({ elsewhere: [] });
    }
    expect(given.mock.calls).toEqual([["first.example"], ["last.example"]]);
    given.mockRestore();
  });

  test("tells who watches what there was, and then every second what there is", async () => {
    const viewer = await openStream(`${watched.url}live`);
    const { misp } = watched.courier;
    // What was decided before the first tick belongs to the past.
    await viewer.until(/event: tick/);
    misp.publish(misp.addEvent({ info: "Later", attributes: [{ type: "domain", value: "later.example" }] }).id);
    const text = await viewer.until(/"what":"added"[^}]*later\.example/);
    expect(text).toMatch(/^event: begin\ndata: \{"history":\[/);
    expect(text).toMatch(/event: tick\ndata: \{"second":\{"at":\d+,"heard":/);
    expect(text).toMatch(/"what":"new"[^}]*later\.example[^}]*“Later”/);
    expect(text).toMatch(/"what":"active"[^}]*later\.example/);
    viewer.close();
  });

  test("lets in a number of viewers, and says so to the next", async () => {
    const viewers = await Promise.all(Array.from({ length: 20 }, () => openStream(`${watched.url}live`)));
    await eventually(async () => expect((await answer("live")).status).toBe(503));
    for (const viewer of viewers) viewer.close();
    await eventually(async () => (await openStream(`${watched.url}live`)).close());
  });
});

test("who watches first is told how things stand, and not how they stood when somebody last looked", async () => {
  await using watched = await startWatched({ guard: { max_removed: { percent: 20, at_least: 0 } } });
  const { courier, url } = watched;
  const { event } = courier.publishDomains("a.example", "b.example");
  await courier.listed("domain", "a.example", "b.example");
  const early = await openStream(`${url}live`);
  await early.until(/"situation":\{.*"held":\[\]/);
  early.close();
  courier.misp.deleteEvent(event);
  using report = new LedgerReport(join(courier.directory, "state", LEDGER_FILE));
  await eventually(async () => expect(report.holds.held()).toHaveLength(1));
  const late = await openStream(`${url}live`);
  const [first] = (await late.until(/\n\n/)).split("\n\n");
  late.close();
  expect(first).toMatch(/^event: begin\n.*"held":\[\{"target":"blocklists"/);
});

test("a front whose address is taken logs it, and lets the courier work", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  const complaints: string[] = [];
  const log: Logger = { ...silent, error: (sentence) => complaints.push(sentence) };
  const config = load(`${MINIMAL}http: {listen: "127.0.0.1:${port}"}\n`);
  const front = new LastingFront({ config, log, clock: Date.now });
  await eventually(async () => expect(complaints).toEqual([expect.stringContaining("cannot be served")]));
  front.observer.heard?.([]);
  await front[Symbol.asyncDispose]();
  other.close();
});

/** Opens a stream of server-sent events; rejects when it is refused. */
function openStream(url: string) {
  return new Promise<{ until(pattern: RegExp): Promise<string>; close(): void }>((resolve, reject) => {
    const asked = request(url, { agent: false }, (response: IncomingMessage) => {
      if (response.statusCode !== 200) return reject(new Error(`status ${response.statusCode}`));
      let text = "";
      response.setEncoding("utf8").on("data", (more: string) => {
        text += more;
      });
      response.on("error", () => {});
      const until = (pattern: RegExp) =>
        eventually(async () => {
          expect(text).toMatch(pattern);
          return text;
        });
      resolve({ until, close: () => asked.destroy() });
    });
    asked.on("error", reject).end();
  });
}
