import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LEDGER_FILE } from "../../src/courier/open-ledger.ts";
import { Database } from "../../src/ledger/database/database.ts";
import { LedgerReport } from "../../src/ledger/report/report.ts";
import { SensorSightings } from "../../src/ledger/sensor-sightings.ts";
import { SightingType } from "../../src/model/misp.ts";
import { call } from "../cli/captured-terminal.ts";
import { aClient } from "../support/a-client.ts";
import { calm, eventually } from "../support/running-courier.ts";
import { startWatched, type WatchedCourier } from "./a-watched-courier.ts";

const TOKEN = "let-me-in";
const HEADERS = { "content-type": "application/json", authorization: `Bearer ${TOKEN}` };
const DOMAINS = ["a.example", "b.example", "c.example", "d.example", "e_e.example", "exe.example"];

let watched: WatchedCourier;

/** Sends a body, as JSON unless it is text; also tells the status. */
async function post(body: unknown, url = watched.url): Promise<{ status: number; after: string | null; told: string }> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const answer = await fetch(`${url}sightings`, { method: "POST", headers: HEADERS, body: text });
  return { status: answer.status, after: answer.headers.get("retry-after"), told: await answer.text() };
}

/** What came of a body. */
async function taken(body: unknown): Promise<unknown> {
  return JSON.parse((await post(body)).told);
}

/** The sightings that MISP has from a sensor, by the value of their attribute. */
async function inMisp(sensor: string): Promise<{ value: string; type: string; date_sighting: string }[]> {
  const { url, key } = watched.courier.misp;
  const answer = await fetch(`${url}/sightings/restSearch`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json", authorization: key },
    body: JSON.stringify({ returnFormat: "json", source: `misp-courier: ${sensor}`, from: 1, to: 4_000_000_000 }),
  });
  const { response } = (await answer.json()) as {
    response: { Sighting: { value: string; type: string; date_sighting: string } }[];
  };
  return response.map(({ Sighting }) => Sighting);
}

const valuesFrom = async (sensor: string) => (await inMisp(sensor)).map(({ value }) => value).sort();
const report = () => new LedgerReport(join(watched.courier.directory, "state", LEDGER_FILE));

function figures() {
  using ledger = report();
  return ledger.summary().sensed;
}

const settled = () => eventually(async () => expect(figures().waiting).toBe(0), 20_000);

beforeAll(async () => {
  watched = await startWatched({ http: { listen: "127.0.0.1:0", token: TOKEN } });
  const { misp } = watched.courier;
  const { id } = misp.addEvent({ info: "event", attributes: DOMAINS.map((value) => ({ type: "domain", value })) });
  misp.publish(id);
  await watched.courier.listed("domain", ...DOMAINS);
});
afterAll(() => watched[Symbol.asyncDispose]());

test("with the token, what is not called JSON is refused for that", async () => {
  const body = JSON.stringify({ value: "a.example" });
  const headers = { authorization: `Bearer ${TOKEN}` };
  const answer = await fetch(`${watched.url}sightings`, { method: "POST", headers, body: new URLSearchParams(body) });
  expect([answer.status, await answer.text()]).toEqual([
    403,
    expect.stringContaining("Content-Type: application/json"),
  ]);
});

test("without a token programs of this machine say what they saw; a page of another site and a form do not", async () => {
  await using local = await startWatched({ http: { listen: "127.0.0.1:0" } });
  const asked = async (headers: Record<string, string>) => {
    const body = JSON.stringify({ value: "a.example", source: "local" });
    return (await fetch(`${local.url}sightings`, { method: "POST", headers, body })).status;
  };
  const json = { "content-type": "application/json" };
  expect(await asked(json)).toBe(202);
  expect(await asked({ "content-type": "Application/JSON; charset=UTF-8" })).toBe(202);
  expect(await asked({ ...json, origin: "https://evil.example" })).toBe(403);
  expect(await asked({ "content-type": "text/plain" })).toBe(403);
});

describe("what sensors saw", () => {
  test("comes to MISP as a sighting, and takes nothing off the lists when it comes back", async () => {
    const seen = Math.floor(Date.now() / 1000) - 100;
    expect(await taken({ value: "A.example", source: "first", seen_at: seen, type: "false_positive" })).toEqual({
      taken: 1,
      known: 0,
      refused: [],
    });
    await settled();
    expect(await inMisp("first")).toMatchObject([{ value: "a.example", type: "1", date_sighting: String(seen) }]);
    await calm();
    expect(await watched.courier.list("domain")).toEqual(DOMAINS.toSorted());
  });

  test("comes to the attribute that is named", async () => {
    using ledger = report();
    const [row] = await ledger.attributes("b.example");
    const seen_at = "2020-02-03T04:05:06.789+0100";
    expect(await taken({ attribute: row?.attribute.uuid.toUpperCase(), source: "named", seen_at })).toMatchObject({
      taken: 1,
    });
    await settled();
    expect(await inMisp("named")).toMatchObject([
      { value: "b.example", type: "0", date_sighting: String(Date.parse("2020-02-03T03:05:06Z") / 1000) },
    ]);
  });

  test("may be told in the words of MISP's own REST, too", async () => {
    using ledger = report();
    const [row] = await ledger.attributes("b.example");
    const timestamp = Math.floor(Date.now() / 1000) - 200;
    const list = [
      { value: "a.example", source: "as MISP has it", type: "1", timestamp },
      { uuid: row?.attribute.uuid, source: "as MISP has it", type: 0, timestamp: String(timestamp) },
    ];
    expect(await taken(list)).toEqual({ taken: 2, known: 0, refused: [] });
    await settled();
    expect(await inMisp("as MISP has it")).toMatchObject([
      { value: "a.example", type: "1", date_sighting: String(timestamp) },
      { value: "b.example", type: "0", date_sighting: String(timestamp) },
    ]);
  });

  test("is told MISP once, however often a sensor says it within ten minutes", async () => {
    const now = Math.floor(Date.now() / 1000);
    const first = { value: "c.example", source: "again", seen_at: now - 3_000 };
    const list = [
      first,
      { ...first, seen_at: now - 2_500 },
      { ...first, source: "other" },
      { ...first, type: "expired" },
    ];
    expect(await taken(list)).toEqual({ taken: 3, known: 1, refused: [] });
    await settled();
    expect(await taken([first, { ...first, seen_at: now - 2_000 }])).toMatchObject({ taken: 1, known: 1 });
    await settled();
    expect(await valuesFrom("again")).toHaveLength(3);
    expect(await valuesFrom("other")).toHaveLength(1);
  });

  test("is one value in whatever form sensors write it, also where several attributes have it", async () => {
    const { misp } = watched.courier;
    const pair = { type: "filename|md5", value: "bad.exe|d41d8cd98f00b204e9800998ecf8427e" };
    for (const info of ["first", "second"]) {
      const attributes = [{ type: "domain", value: "twice.example" }, { type: "ip-dst", value: "2001:db8::1" }, pair];
      misp.addEvent({ info, attributes });
    }
    await eventually(async () => {
      using ledger = report();
      expect(await ledger.attributes("2001:db8::1")).toHaveLength(2);
    });
    const forms = ["twice.example.", "tWiCe.ExAmPlE", "2001:DB8:0:0::1", "BAD.exe|D41D8CD98F00B204E9800998ECF8427E"];
    const source = "in other words";
    expect(await taken([...forms, pair.value].map((value) => ({ value, source })))).toEqual({
      taken: 3,
      known: 2,
      refused: [],
    });
    await settled();
    const values = ["2001:db8::1", "2001:db8::1", pair.value, "twice.example", "twice.example"];
    expect(await valuesFrom(source)).toEqual(values);
  });

  test("is refused by MISP once where it has no such value, and counted", async () => {
    const { posted, refused } = figures();
    await taken([{ value: "nowhere.example" }, { attribute: "00000000-0000-4000-8000-000000000000" }]);
    await settled();
    expect(figures()).toEqual({ waiting: 0, posted, refused: refused + 2 });
    const metrics = await (await fetch(`${watched.url}metrics`, { headers: HEADERS })).text();
    const status = await call(["status", "--config", join(watched.courier.directory, "config.yaml")]);
    expect(status.out).toContain(`0 wait for MISP, which accepted ${posted} and refused ${refused + 2}.`);
    expect(metrics).toContain(`misp_courier_sensor_sightings{state="refused"} ${refused + 2}`);
  });

  test("is no wildcard, although MISP compares with LIKE", async () => {
    // Known to MISP alone, so that only the value can name it.
    const { misp } = watched.courier;
    misp.faults.drop = () => true;
    const values = ["f_f.example", "fxf.example", "100%", "back\\slash"];
    misp.addEvent({ info: "unheard", attributes: values.map((value) => ({ type: "text", value })) });
    misp.faults.drop = undefined;
    const wild = ["%", "_________", "f_f.example", "100%", "back\\slash", "e_e.example"];
    await taken(wild.map((value) => ({ value, source: "wild" })));
    await settled();
    expect(await valuesFrom("wild")).toEqual(["100%", "back\\slash", "e_e.example", "f_f.example"]);
  });

  test.each([
    ["away", { restDown: true }],
    ["in trouble", { restStatus: 503 }],
    ["past its rate limit", { restStatus: 429 }],
    ["cut off in the middle of its answers", { truncated: "connection" as const }],
  ])("waits while MISP is %s, and comes once", async (name, fault) => {
    const { faults } = watched.courier.misp;
    Object.assign(faults, fault);
    const list = DOMAINS.map((value) => ({ value, source: `while ${name}` }));
    expect((await post(list)).status).toBe(202);
    await calm();
    expect(figures().waiting).toBe(DOMAINS.length);
    Object.assign(faults, { restDown: false, restStatus: undefined, truncated: false });
    await settled();
    expect(await valuesFrom(`while ${name}`)).toEqual(DOMAINS.toSorted());
  });

  test("outlasts a restart in the middle, and comes once", async () => {
    const { courier } = watched;
    courier.misp.faults.restDelay = 200;
    await taken(DOMAINS.map((value) => ({ value, source: "restarted" })));
    await eventually(async () => expect(await valuesFrom("restarted")).not.toEqual([]));
    await courier.stop();
    expect(figures().waiting).toBeGreaterThan(0);
    courier.misp.faults.restDelay = 0;
    await courier.start();
    await settled();
    expect(await valuesFrom("restarted")).toEqual(DOMAINS.toSorted());
  });

  test("is not sent again when the courier was killed before it heard that MISP has it", async () => {
    const { courier } = watched;
    await courier.stop();
    using queue = SensorSightings.open(join(courier.directory, "state", LEDGER_FILE));
    const date = Math.floor(Date.now() / 1000);
    const seen = { attribute: null, type: SightingType.seen, date, source: "killed" };
    queue.take(
      ["a.example", "b.example"].map((subject) => ({ ...seen, subject })),
      Date.now(),
    );
    const had = queue.next(Date.now());
    queue.begin(had?.id ?? 0, null, 0);
    const { url, key } = courier.misp;
    await aClient(url, { key }).addSighting({ ...seen, of: { value: "a.example" }, source: "misp-courier: killed" });
    await courier.start();
    await settled();
    expect(await valuesFrom("killed")).toEqual(["a.example", "b.example"]);
  });
});

describe("a sensor is told what is wrong", () => {
  test("by index, and what is sound is taken all the same", async () => {
    const later = Math.floor(Date.now() / 1000) + 3_600;
    const list = [
      { value: "d.example", source: "mixed" },
      { value: "" },
      { value: "d.example", attribute: "00000000-0000-4000-8000-000000000000" },
      { value: "d.example", type: "maybe" },
      { value: "d.example", type: 3 },
      { value: "d.example", timestamp: "a while ago" },
      { value: "d.example", seen_at: later },
      { value: "d.example", seen_at: "yesterday" },
      { value: "two\nlines" },
      { value: "\ud800" },
      { value: "x".repeat(5_000) },
      { attribute: "' OR 1=1" },
      { value: "d.example", source: "\u001b[2J" },
      { value: { $gt: "" } },
      { value: "d.example", more: 1 },
      null,
      [[]],
    ];
    const answer = await post(list);
    expect(answer.status).toBe(202);
    expect(JSON.parse(answer.told)).toEqual({
      taken: 1,
      known: 0,
      refused: list.slice(1).map((_, index) => ({ index: index + 1, why: expect.stringMatching(/\w/) })),
    });
  });

  test.each([
    ["no JSON", "{", 400],
    ["a number", "7", 400],
    ["nothing sound", [{ value: 1 }], 400],
    ["names of a prototype", '[{"__proto__": {"value": "a.example"}}]', 400],
    ["brackets without end", "[".repeat(500_000), 400],
    ["too many", Array.from({ length: 1_001 }, () => ({ value: "a.example" })), 413],
    ["too much", JSON.stringify([{ value: "x".repeat(3_000_000) }]), 413],
    ["an empty list", [], 202],
  ])("%s", async (_, body, status) => {
    expect((await post(body)).status).toBe(status);
  });
});

test("what is too much does not end the connection, on which the next sighting comes", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const posted = async (body: string) => {
    const asked = request(`${watched.url}sightings`, { method: "POST", headers: HEADERS, agent }).end(body);
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    await once(answer.resume(), "end");
    return answer.statusCode;
  };
  expect(await posted("x".repeat(2_000_000))).toBe(413);
  expect(await posted(JSON.stringify({ value: "a.example", source: "patient" }))).toBe(202);
  agent.destroy();
});

test("more than 100,000 sightings do not wait: a sensor is told when to come back", async () => {
  await using full = await startWatched({ http: { listen: "127.0.0.1:0", token: TOKEN } });
  full.courier.misp.faults.restDown = true;
  const database = Database.open(join(full.courier.directory, "state", LEDGER_FILE));
  database
    .prepare(
      `INSERT INTO sensed (subject, type, date, source, heard, due)
       WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
       SELECT 'v' || i, 0, 1, '', 0, 4000000000000 FROM n`,
    )
    .run();
  database.close();
  expect((await post([{ value: "a.example" }, { value: "b.example" }], full.url)).status).toBe(503);
  expect((await post({ value: "a.example" }, full.url)).status).toBe(202);
  expect(await post({ value: "b.example" }, full.url)).toMatchObject({ status: 503, after: "60" });
});
