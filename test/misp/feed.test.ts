import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { Publisher } from "zeromq";
import { Feed, type FeedSettings, type LineEvent } from "../../src/misp/feed.ts";
import { TOPICS } from "../../src/misp/messages.ts";
import { APublisher } from "../support/a-publisher.ts";
import { eventually } from "../support/running-courier.ts";

const LOGIN = { username: "misp", password: "correct horse" };
const opened: AsyncDisposable[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

async function aPublisher(login?: typeof LOGIN): Promise<APublisher> {
  const publisher = await APublisher.open(login);
  opened.push(publisher);
  return publisher;
}

/** A feed with what it noticed of its line, on a clock that stands at 7. */
function aFeed(settings: FeedSettings): { feed: Feed; line: LineEvent[] } {
  const line: LineEvent[] = [];
  const feed = new Feed(settings, { clock: () => 7, onLine: (event) => line.push(event), batch: 500 });
  opened.push(feed);
  return { feed, line };
}

/** The batches of a feed up to and with the one that holds this text. */
async function batchesUntil(feed: Feed, last: string): Promise<string[][]> {
  const batches: string[][] = [];
  for await (const { frames } of feed.batches()) {
    batches.push(frames.map(String));
    if (batches.at(-1)?.includes(last)) break;
  }
  return batches;
}

async function framesUntil(feed: Feed, last: string): Promise<string[]> {
  return (await batchesUntil(feed, last)).flat();
}

test("hears exactly the topics that it works on, in the order in which they come", async () => {
  const publisher = await aPublisher();
  const heard = framesUntil(aFeed(publisher).feed, "misp_json last");
  await publisher.heard();
  const unheard = [
    "misp_json_audit",
    "misp_json_user",
    "misp_json_object_reference",
    "misp_json_conversation",
    "misp_jsonl",
  ];
  await publisher.send(...[...unheard, ...TOPICS].map((topic) => `${topic} {}`), "misp_json last");
  expect(await heard).toEqual([...TOPICS.map((topic) => `${topic} {}`), "misp_json last"]);
});

test("hears a publisher at an IPv6 address", async () => {
  const socket = new Publisher({ ipv6: true, linger: 0 });
  await socket.bind("tcp://[::1]:*");
  const { feed } = aFeed({ endpoint: socket.lastEndpoint ?? "" });
  const heard = framesUntil(feed, "misp_json last");
  await eventually(async () => expect(feed.connected).toBe(true));
  const speaking = setInterval(() => void socket.send("misp_json last"), 20);
  expect(await heard).toContain("misp_json last");
  clearInterval(speaking);
  socket.close();
});

test("hands out what came in batches that are never empty and never large", async () => {
  const publisher = await aPublisher();
  const { feed } = aFeed(publisher);
  await publisher.heard();
  const frames = Array.from({ length: 2_000 }, (_, index) => `misp_json_event ${index}`);
  await publisher.send(...frames);
  const batches = await batchesUntil(feed, "misp_json_event 1999");
  expect(batches.flat()).toEqual(frames);
  for (const { length } of batches) expect(length).toBeGreaterThan(0);
  for (const { length } of batches) expect(length).toBeLessThanOrEqual(500);
});

test("loses none of a burst of 50,000, however slowly it is read", async () => {
  const publisher = await aPublisher();
  const { feed } = aFeed(publisher);
  await publisher.heard();
  const body = "x".repeat(700);
  for (let index = 0; index < 50_000; index += 1) await publisher.send(`misp_json_event ${index} ${body}`);
  let next = 0;
  for await (const { frames } of feed.batches()) {
    for (const frame of frames) {
      const number = Number(frame.subarray(16, 22).toString().split(" ", 1)[0]);
      if (number !== next) throw new Error(`${number} came in place of ${next}`);
      next += 1;
    }
    if (next === 50_000) break;
  }
  expect(next).toBe(50_000);
});

describe("the line", () => {
  test("is told with the time of our clock", async () => {
    const publisher = await aPublisher();
    const { feed, line } = aFeed(publisher);
    expect(feed.connected).toBe(false);
    await eventually(async () => expect(feed.connected).toBe(true));
    expect(line).toEqual([{ kind: "connected", at: 7 }]);
    expect(feed.connected).toBe(true);
  });

  test("comes back by itself when the publisher does", async () => {
    const publisher = await aPublisher();
    const { feed, line } = aFeed(publisher);
    await eventually(async () => expect(feed.connected).toBe(true));
    const heard = framesUntil(feed, "misp_json_event back");
    publisher.close();
    await eventually(async () => expect(line).toHaveLength(2));
    expect(feed.connected).toBe(false);
    await publisher.open();
    await publisher.heard();
    await publisher.send("misp_json_event back");
    expect(await heard).toEqual(["misp_json_event back"]);
    expect(line.map(({ kind }) => kind)).toEqual(["connected", "disconnected", "connected"]);
  });

  test("waits for a publisher that is not there yet", async () => {
    const publisher = await aPublisher();
    publisher.close();
    const heard = framesUntil(aFeed(publisher).feed, "misp_json_event first");
    await publisher.open();
    await publisher.heard();
    await publisher.send("misp_json_event first");
    expect(await heard).toHaveLength(1);
  });
});

describe("a publisher with a password", () => {
  test("is heard with the right one, and silent to a wrong one or none", async () => {
    const publisher = await aPublisher(LOGIN);
    const right = aFeed({ endpoint: publisher.endpoint, ...LOGIN });
    const wrong = aFeed({ endpoint: publisher.endpoint, username: LOGIN.username, password: "guessed" });
    const none = aFeed(publisher);
    const others: Buffer[][] = [];
    const reading = [wrong, none].map(async ({ feed }) => {
      for await (const { frames } of feed.batches()) others.push(frames);
    });
    await publisher.heard();
    await eventually(async () => expect(wrong.line).toContainEqual({ kind: "refused", at: 7 }));
    await publisher.send("misp_json_event secret");
    expect(await framesUntil(right.feed, "misp_json_event secret")).toHaveLength(1);
    expect([right.feed.connected, wrong.feed.connected, none.feed.connected]).toEqual([true, false, false]);
    wrong.feed.close();
    none.feed.close();
    await Promise.all(reading);
    expect(others).toEqual([]);
  });
});

describe("a publisher that does not let us in", () => {
  test.each([
    ["has another password", { ...LOGIN, password: "for a while" }, LOGIN],
    ["has no password", undefined, LOGIN],
    ["wants a password", LOGIN, undefined],
  ])("is heard once it does, after one that %s, of which is told once", async (_, other, login) => {
    const before = await APublisher.open(other);
    const { endpoint } = before;
    const { feed, line } = aFeed({ endpoint, ...login });
    await eventually(async () => expect(line).toHaveLength(1));
    // Long enough for several tries.
    await pause(1_500);
    await before[Symbol.asyncDispose]();
    opened.push(await APublisher.open(login, endpoint));
    await eventually(async () => expect(feed.connected).toBe(true));
    expect(line).toHaveLength(2);
  });
});

describe("when it is closed", () => {
  test("what has arrived is still handed out, then its batches end", async () => {
    // More than a batch holds: nobody can tell from outside when all have arrived, so that it may take several tries.
    const sent = Array.from({ length: 600 }, (_, index) => `misp_json_event ${index}`);
    await eventually(async () => {
      const publisher = await aPublisher();
      const { feed, line } = aFeed(publisher);
      await publisher.heard();
      await publisher.send(...sent);
      const handedOut: string[] = [];
      for await (const { frames } of feed.batches()) {
        handedOut.push(...frames.map(String));
        await pause(50);
        feed.close();
      }
      expect(handedOut).toEqual(sent);
      expect(line.map(({ kind }) => kind)).toEqual(["connected"]);
    });
  });

  test("nobody waits for ever", async () => {
    const publisher = await aPublisher();
    const { feed } = aFeed(publisher);
    const reading = framesUntil(feed, "");
    feed.close();
    feed.close();
    expect(await reading).toEqual([]);
  });
});
