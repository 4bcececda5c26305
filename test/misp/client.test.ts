import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { MispClient } from "../../src/misp/client.ts";
import { MispError } from "../../src/misp/errors.ts";
import { aClient, KEY } from "../support/a-client.ts";
import { type Answer, AnsweringServer, json, text } from "../support/answering-server.ts";

let server: AnsweringServer;
let client: MispClient;

beforeAll(async () => {
  server = await AnsweringServer.start();
  client = aClient(`${server.url}/`);
});
beforeEach(() => void server.asked.splice(0));
afterAll(() => server[Symbol.asyncDispose]());

function answering(answer: Answer): MispClient {
  server.answer = answer;
  return client;
}

/** The error of a question that fails; it must not tell the key. */
async function failure(question: Promise<unknown>): Promise<MispError> {
  const error = await question.then(
    () => new Error("it did not fail"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof MispError)) throw error;
  expect(`${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain(KEY);
  return error;
}

describe("every request", () => {
  test("carries the key, asks for JSON and names us without claiming to be MISP", async () => {
    await answering(json({ version: "2.5.1" })).version();
    expect(server.asked).toMatchObject([
      {
        method: "GET",
        path: "/servers/getVersion",
        headers: {
          authorization: KEY,
          accept: "application/json",
          "content-type": "application/json",
          "user-agent": "misp-courier",
        },
      },
    ]);
  });

  test("carries the key beside a login in the address, which is for a web server before MISP", async () => {
    server.answer = json({ version: "2.5.1" });
    await aClient(server.url.replace("//", "//name:password@")).version();
    expect(server.asked).toMatchObject([
      { headers: { "x-misp-auth": KEY, authorization: `Basic ${Buffer.from("name:password").toString("base64")}` } },
    ]);
  });

  test("ends when it is no longer wanted", async () => {
    const stop = new AbortController();
    const question = answering(() => stop.abort()).version(stop.signal);
    expect((await failure(question)).meaning).toBe("unreachable");
  });
});

test("an answer that comes drop by drop is none after ten times what MISP may be silent", async () => {
  server.answer = (_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const dripping = setInterval(() => response.write(" "), 20);
    onTestFinished(() => clearInterval(dripping));
  };
  const error = await failure(aClient(server.url, { timeout: 2 }).version());
  expect(error.meaning).toBe("unreachable");
  expect(error.message).toMatch(/no whole answer at \/servers\/getVersion within 20 seconds/);
});

describe("answers", () => {
  test("attributes come with the number of those that MISP left out of the page, or garbled", async () => {
    const body = { response: { Attribute: [{ id: "1" }, null] } };
    const page = await answering(json(body, 200, { "X-Skipped-Elements-Count": "3" })).searchAttributes({ page: 2 });
    expect(page).toEqual({ rows: [{ id: "1" }], skipped: 4, found: 5 });
    expect(server.asked).toMatchObject([{ method: "POST", body: { returnFormat: "json", page: 2 } }]);
  });

  test("events and sightings come without their envelopes", async () => {
    const events = json({ response: [{ Event: { id: "1" } }, {}, { Event: { id: "2" } }] });
    expect(await answering(events).searchEvents({})).toEqual([{ id: "1" }, { id: "2" }]);
    const sightings = json({ response: [{ Sighting: { id: "9" } }] });
    expect(await answering(sightings).searchSightings({ from: 1, to: 2 })).toEqual([{ id: "9" }]);
  });

  test("a list of sightings, of warninglists or of events with a row that is none is garbled: what it should be would look gone", async () => {
    for (const row of [null, [], {}, { Sighting: [] }, { Warninglist: null }]) {
      const sightings = json({ response: [{ Sighting: { id: "9" } }, row] });
      expect((await failure(answering(sightings).searchSightings({}))).meaning).toBe("garbled");
      const lists = json({ Warninglists: [{ Warninglist: { id: "9" } }, row] });
      expect((await failure(answering(lists).warninglists({ enabled: 1 }))).meaning).toBe("garbled");
    }
    for (const row of [null, [], "1"]) {
      expect((await failure(answering(json([{ id: "1" }, row])).indexEvents({ page: 1 }))).meaning).toBe("garbled");
    }
  });

  test("the short list of events and the list of organisations", async () => {
    expect(await answering(json([{ id: "1" }])).indexEvents({ page: 1 })).toEqual([{ id: "1" }]);
    expect(await answering(json([{ Organisation: { id: "4" } }])).organisations()).toEqual([{ id: "4" }]);
    expect(server.asked.map(({ path }) => path)).toEqual(["/events/index", "/organisations/index/scope:all"]);
  });

  test("a whole event, by number or by UUID", async () => {
    expect(await answering(json({ Event: { id: "5" } })).viewEvent(5)).toEqual({ id: "5" });
    await client.viewEvent("../users");
    expect(server.asked.map(({ path }) => path)).toEqual(["/events/view/5", "/events/view/..%2Fusers"]);
  });

  test("an event that MISP does not have, or does not show, is none", async () => {
    const missing = { name: "Invalid event", message: "Invalid event", url: "/events/view/5" };
    expect(await answering(json(missing, 404)).viewEvent(5)).toBeUndefined();
    expect(await answering(json(missing, 405)).viewEvent(5)).toBeUndefined();
  });

  test.for<[string, (asked: MispClient) => Promise<unknown>]>([
    ["attributes", (asked) => asked.searchAttributes({})],
    ["events", (asked) => asked.searchEvents({})],
    ["sightings", (asked) => asked.searchSightings({})],
    ["the index", (asked) => asked.indexEvents({})],
    ["an event", (asked) => asked.viewEvent(1)],
    ["organisations", (asked) => asked.organisations()],
  ])("something else in place of %s is never taken for an empty answer", async ([, ask]) => {
    for (const body of [{}, { response: null }, { response: "" }, "text", 7, null, { Attribute: [] }]) {
      expect((await failure(ask(answering(json(body))))).meaning).toBe("garbled");
    }
  });
});

describe("refusals", () => {
  const refusal = { name: "no", message: "You do not have permission", url: "/x" };
  const invalid = { saved: false, name: "Could not save", errors: { value: ["bad"] } };

  test.for<[string, Answer, string]>([
    ["403 where every key may ask: the key", json(refusal, 403), "key"],
    ["401", json(refusal, 401), "key"],
    ["403 with a rejected form", json(invalid, 403), "invalid"],
    ["407 of a proxy", text("<html>login</html>", 407), "unreachable"],
    ["404 of MISP", json(refusal, 404), "unknown"],
    ["404 of something else", text("<html>not found</html>", 404), "garbled"],
    ["405", json(refusal, 405), "unknown"],
    ["405 of something else", text("<html>not allowed</html>", 405), "garbled"],
    ["400", json(refusal, 400), "invalid"],
    ["429", json(refusal, 429), "busy"],
    ["500", json({ name: "An Internal Error Has Occurred." }, 500), "busy"],
    ["502 of a proxy", text("<html>bad gateway</html>", 502), "busy"],
    ["a redirect to the login", text("", 302, { location: "/users/login" }), "busy"],
    ["200 with a web page", text("<!doctype html><title>MISP</title>"), "garbled"],
    ["200 with half an answer", text('{"response":[{"Event":{"id":"1"'), "garbled"],
    ["200 with nothing", text(""), "garbled"],
    ["200 with an error inside", json(invalid), "invalid"],
    ["200 with errors inside", json({ errors: "Invalid Tag." }), "invalid"],
  ])("%s", async ([, answer, meaning]) => {
    const error = await failure(answering(answer).version());
    expect(error.meaning).toBe(meaning);
    expect(error.message).toContain("/servers/getVersion");
  });

  test("403 elsewhere is the role's", async () => {
    expect((await failure(answering(json(refusal, 403)).organisations())).meaning).toBe("forbidden");
  });

  test("the reason that MISP gives is told, and no novel", async () => {
    const error = await failure(answering(json({ message: "x".repeat(5_000) }, 400)).version());
    expect(error.message).toContain("xxx");
    expect(error.message.length).toBeLessThan(400);
  });

  test("nor is our key, where something before MISP repeats what it was asked, whole or cut", async () => {
    for (const status of [200, 500]) {
      const repeated = json({ message: `${"x".repeat(180)} Authorization: ${KEY}` }, status);
      const error = await failure(answering(repeated).attachTag("uuid", "tag"));
      expect(error.message).toContain("xxx");
      expect(error.message).not.toContain(KEY.slice(0, 4));
    }
  });

  test("a rate limit tells how long to wait, as a window or as a time", async () => {
    const waiting = async (headers: Record<string, string>) =>
      (await failure(answering(json(refusal, 429, headers)).searchEvents({}))).wait;
    expect(await waiting({ "Retry-After": "7" })).toBe(7_000);
    expect(await waiting({ "X-Rate-Limit-Reset": "900" })).toBe(900_000);
    expect(await waiting({ "Retry-After": "1e300" })).toBe(86_400_000);
    expect(await waiting({ "Retry-After": "tomorrow" })).toBeUndefined();
    const times = { Date: "Sun, 22 Nov 2026 22:00:00 GMT", "Retry-After": "Sun, 22 Nov 2026 22:02:00 GMT" };
    expect(await waiting(times)).toBe(120_000);
    expect(await waiting({ "Retry-After": "tomorrow", "X-Rate-Limit-Reset": "900" })).toBe(900_000);
    expect(await waiting({})).toBeUndefined();
  });

  test("trouble of the server is not the end of the rate limit's window", async () => {
    const trouble = json(refusal, 500, { "X-Rate-Limit-Limit": "100", "X-Rate-Limit-Reset": "900" });
    expect((await failure(answering(trouble).searchEvents({}))).wait).toBeUndefined();
  });
});

describe("a MISP that cannot be reached", () => {
  test("refuses the connection", async () => {
    const gone = await AnsweringServer.start();
    const { url } = gone;
    await gone[Symbol.asyncDispose]();
    expect(await failure(aClient(url).version())).toMatchObject({
      meaning: "unreachable",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  test("does not answer in time", async () => {
    server.answer = () => {};
    expect((await failure(aClient(server.url, { timeout: 0.05 }).version())).meaning).toBe("unreachable");
  });

  test("is waited for also where that may take longer than a timer can wait", async () => {
    server.answer = (_, response) => void setTimeout(() => json({ version: "2.5.1" })(_, response), 50);
    expect(await aClient(server.url, { timeout: 2 ** 31 / 1000 }).version()).toEqual({ version: "2.5.1" });
  });

  test("hangs up in the middle of its answer", async () => {
    const cut: Answer = (_, response) => {
      response.writeHead(200, { "content-length": "1000" }).write('{"response":', () => response.destroy());
    };
    expect((await failure(answering(cut).searchEvents({}))).meaning).toMatch(/^(unreachable|garbled)$/);
  });
});

test("when the key runs out is known from MISP's answers, and from those to an accepted key alone", async () => {
  const headers = { "x-auth-key-expiration": "2026-12-31T00:00:00+00:00" };
  expect(client.keyExpires).toBeNull();
  server.answer = json({ version: "2.5.1" }, 200, headers);
  await client.version();
  expect(client.keyExpires).toBe(Date.UTC(2026, 11, 31));
  server.answer = json({}, 502);
  await client.version().catch(() => undefined);
  expect(client.keyExpires).toBe(Date.UTC(2026, 11, 31));
  server.answer = json({ version: "2.5.1" }, 200, { "x-auth-key-expiration": "never" });
  await client.version();
  expect(client.keyExpires).toBeNull();
});
