import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { LEDGER_FILE } from "../../src/courier/open-ledger.ts";
import { Front } from "../../src/http/front.ts";
import { LedgerReport } from "../../src/ledger/report/report.ts";
import { Requests } from "../../src/ledger/requests.ts";
import { silent } from "../../src/log.ts";
import { StateUnwritable } from "../../src/state/damaged.ts";
import { eventually, RunningCourier } from "../support/running-courier.ts";
import { openFront } from "./a-front.ts";
import { startWatched, type WatchedCourier } from "./a-watched-courier.ts";

const TOKEN = "let-me-in";
const DOMAINS = Array.from({ length: 12 }, (_, index) => `d${index + 1}.example`);
const JSON_BODY = { "content-type": "application/json", authorization: `Bearer ${TOKEN}` };

function post(url: string, body: unknown, headers: Record<string, string> = JSON_BODY): Promise<Response> {
  return fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
}

describe("from the page, with its token,", () => {
  let watched: WatchedCourier;
  let events: number[];

  beforeAll(async () => {
    watched = await startWatched({
      http: { listen: "127.0.0.1:0", token: TOKEN },
      guard: { max_removed: { percent: 20, at_least: 5 } },
    });
    const { misp } = watched.courier;
    events = [DOMAINS, ["spared.example"]].map((values) => {
      const { id } = misp.addEvent({ info: "event", attributes: values.map((value) => ({ type: "domain", value })) });
      misp.publish(id);
      return id;
    });
    await watched.courier.listed("domain", ...DOMAINS, "spared.example");
  });
  afterAll(() => watched[Symbol.asyncDispose]());

  test("a value gets a thumb in MISP, which takes it off and brings it back", async () => {
    const { courier, url } = watched;
    const [first = "", ...rest] = DOMAINS;
    expect((await post(`${url}thumbs`, { value: first, false_positive: true })).status).toBe(201);
    await courier.listed("domain", ...rest, "spared.example");
    // Of the same second, the false positive decides.
    await pause(1_100);
    expect((await post(`${url}thumbs`, { value: first, false_positive: false })).status).toBe(201);
    await courier.listed("domain", ...DOMAINS, "spared.example");
  });

  test("a value gets one by the form in which the page shows it, however MISP writes it, and so does a pair", async () => {
    const { courier, url } = watched;
    const attributes = [
      { type: "ip-dst", value: "192.0.2.77/32" },
      { type: "domain|ip", value: "Dotted.Example.|2001:0DB8::00FF" },
    ];
    courier.misp.publish(courier.misp.addEvent({ info: "written otherwise", attributes }).id);
    await courier.listed("ip-dst", "192.0.2.77");
    await courier.listed("ip", "2001:db8::ff");
    expect((await post(`${url}thumbs`, { value: "192.0.2.77", false_positive: true })).status).toBe(201);
    await courier.listed("ip-dst");
    const pair = "dotted.example|2001:db8::ff";
    expect((await post(`${url}thumbs`, { value: pair, false_positive: true })).status).toBe(201);
    await courier.listed("ip");
  });

  test("a value gets one however long it is", async () => {
    const { courier, url } = watched;
    const value = `http://long.example/${"Ü".repeat(65_000)}`;
    courier.misp.publish(courier.misp.addEvent({ info: "long", attributes: [{ type: "url", toIds: true, value }] }).id);
    await courier.listed("url", value);
    expect((await post(`${url}thumbs`, { value, false_positive: true })).status).toBe(201);
    await courier.listed("url");
  });

  test("a value that MISP does not have gets none, and is told so", async () => {
    const answer = await post(`${watched.url}thumbs`, { value: "nowhere.example", false_positive: true });
    expect([answer.status, await answer.text()]).toEqual([
      404,
      expect.stringContaining("no attribute with this value"),
    ]);
  });

  test("what a guard holds is let go", async () => {
    const { courier, url } = watched;
    courier.misp.deleteEvent(events[0] ?? 0);
    using report = new LedgerReport(join(courier.directory, "state", LEDGER_FILE));
    await eventually(async () => expect(report.holds.held()).toMatchObject([{ target: "blocklists", count: 12 }]));
    const metrics = await (await fetch(`${url}metrics`, { headers: JSON_BODY })).text();
    expect(metrics).toContain('misp_courier_target_held_back{target="blocklists",operation="remove"} 12\n');
    expect(metrics).toContain('misp_courier_target_held_back{target="blocklists",operation="add"} 0\n');
    expect((await post(`${url}held`, { decision: "release", target: "blocklists" })).status).toBe(202);
    await courier.listed("domain", "spared.example");
  });

  test.each([
    ["without the token", { "content-type": "application/json" }, 401],
    ["as a form of another site could send it", { ...JSON_BODY, "content-type": "text/plain" }, 403],
  ])("nothing is done %s", async (_, headers, status) => {
    for (const path of ["held", "thumbs"]) {
      expect((await post(watched.url + path, { decision: "release", target: "blocklists" }, headers)).status).toBe(
        status,
      );
    }
  });

  test.each([
    ["held", { decision: "release", target: "nobody" }, 404],
    ["held", { decision: "release", target: "__proto__" }, 404],
    ["held", { decision: "forget", target: "blocklists" }, 400],
    ["thumbs", { value: "", false_positive: true }, 400],
    ["thumbs", { value: "x".repeat(65_537), false_positive: true }, 400],
    ["thumbs", [], 400],
  ])("nothing is done at %s for %j", async (path, body, status) => {
    expect((await post(watched.url + path, body)).status).toBe(status);
  });

  test("on a full disk nothing is decided, and whoever wanted it is told why", async () => {
    const full = vi.spyOn(Requests, "leave").mockImplementation(() => {
      throw new StateUnwritable("the disk is full");
    });
    const answer = await post(`${watched.url}held`, { decision: "discard", target: "blocklists" });
    full.mockRestore();
    expect([answer.status, await answer.text()]).toEqual([503, "The courier's disk cannot be written now.\n"]);
  });

  test("what is done cannot be read", async () => {
    const answer = await fetch(`${watched.url}held`, { headers: JSON_BODY });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST"]);
  });
});

test("what is held for a target that is configured no longer is shown, and may be decided on", async () => {
  await using courier = await RunningCourier.start({ http: { listen: "127.0.0.1:0", token: TOKEN } });
  const config = { ...(await courier.config()), targets: {} };
  await using front = new Front({ config, log: silent, clock: Date.now });
  await front.listen();
  const decided = async (target: string) => (await post(`${front.url}held`, { decision: "discard", target })).status;
  expect([await decided("blocklists"), await decided("blocklist")]).toEqual([202, 404]);
});

test("nothing can be done from a page that has no token", async () => {
  await using front = await openFront({ domains: { types: ["domain"] } });
  const answer = await post(`${front.url}thumbs`, { value: "a.example", false_positive: true });
  expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining("http.token")]);
});
