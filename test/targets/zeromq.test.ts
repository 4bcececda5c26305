import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { describe, expect, it } from "vitest";
import type { Indicator } from "../../src/model/indicator.ts";
import type { Target } from "../../src/targets/target.ts";
import { zeromq } from "../../src/targets/zeromq.ts";
import { aFolder } from "../support/a-folder.ts";
import { anEntry, anOrigin } from "../support/entries.ts";
import { targetContract } from "./contract.ts";
import { apply, type FarSide, key, keys } from "./far-side.ts";
import { ASubscriber, askDesk, freeEndpoint } from "./zeromq-subscriber.ts";

const { signal } = new AbortController();

/** The target, a subscriber that hears all of it, and the target's file. */
interface Announced extends FarSide {
  subscriber: ASubscriber;
  store: string;
}

const DAY = 86_400_000;

async function openTarget(state: string, settings: object, clock: () => number = Date.now): Promise<Target> {
  return zeromq.open(zeromq.settings.parse(settings), { name: "bus", resolve: (path) => path, state, clock });
}

/** The same, listening. */
async function openListening(...opening: Parameters<typeof openTarget>): Promise<Target> {
  const target = await openTarget(...opening);
  await target.prepare?.();
  return target;
}

async function openAnnounced(format: "stix" | "courier"): Promise<Announced> {
  const state = await mkdtemp(join(tmpdir(), "courier-bus-"));
  const bind = await freeEndpoint();
  const target = await openListening(state, { bind, format });
  const subscriber = new ASubscriber(bind, format === "stix" ? "stix2/indicator" : "courier/indicator");
  return {
    target,
    subscriber,
    store: join(state, "zeromq", "bus.sqlite"),
    held: async () => {
      const kept = (await listed(target)).map(({ type, value }) => key({ type, value })).sort();
      const heard = () => keys(subscriber.held().map(indicatorIn));
      await subscriber.until(() => JSON.stringify(heard()) === JSON.stringify(kept));
      return subscriber.held().map(indicatorIn);
    },
    close: async () => {
      subscriber[Symbol.dispose]();
      await rm(state, { recursive: true, force: true });
    },
  };
}

/** An indicator out of its message: STIX tells the types of the tests apart by pattern. */
function indicatorIn(body: Record<string, unknown>): Indicator {
  if (body.action !== undefined) return { type: String(body.type), value: String(body.value) };
  return { type: String(body.pattern).startsWith("[domain") ? "domain" : "user-agent", value: String(body.name) };
}

async function listed(target: Target): Promise<Indicator[]> {
  const found: Indicator[] = [];
  for await (const page of target.list?.(new AbortController().signal) ?? []) {
    found.push(...page.flatMap(({ indicator }) => indicator ?? []));
  }
  return found;
}

async function trace({ store, subscriber, held }: Announced) {
  await held();
  const { mtimeNs, size } = await stat(`${store}-wal`, { bigint: true });
  return { mtimeNs, size, held: subscriber.held() };
}

async function outage({ store }: Announced) {
  const other = new DatabaseSync(store);
  other.exec("BEGIN IMMEDIATE");
  return async () => {
    other.exec("ROLLBACK");
    other.close();
  };
}

const ILL_FORMED = [anEntry({ value: "" }), anEntry({ value: "\ud800" })];

targetContract("zeromq", {
  open: () => openAnnounced("stix"),
  trace,
  outage,
  freeTextType: "user-agent",
  unacceptable: [
    ...ILL_FORMED,
    anEntry({ type: "imphash", value: "ab" }),
    anEntry({ type: "constructor", value: "x" }),
  ],
});

targetContract("zeromq in the courier's own format", {
  open: () => openAnnounced("courier"),
  outage,
  freeTextType: "x-any",
  unacceptable: ILL_FORMED,
});

describe("a subscriber of a zeromq target", () => {
  it("hears a STIX 2.1 indicator in one frame with its topic", async () => {
    const bind = await freeEndpoint();
    const target = await openListening(aFolder(), { bind }, () => 1_800_000_000_123);
    using subscriber = new ASubscriber(bind);
    const origins = [anOrigin({ tags: ["tlp:amber"] })];
    await apply(side(target), {
      add: [anEntry({ value: "it's.example", score: 61.6, expires: 1_900_000_000, origins })],
    });
    const [heard] = await subscriber.until(({ length }) => length > 0);
    expect(heard?.topic).toBe("stix2/indicator");
    expect(heard?.body).toMatchObject({
      type: "indicator",
      spec_version: "2.1",
      pattern: "[domain-name:value = 'it\\'s.example']",
      created: "2023-11-14T22:13:20.000Z",
      modified: "2027-01-15T08:00:00.123Z",
      valid_until: "2030-03-17T17:46:40.000Z",
      confidence: 62,
      object_marking_refs: ["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"],
      external_references: [
        { source_name: "misp-event", external_id: anOrigin().eventUuid, description: "A campaign" },
        { source_name: "misp-organisation", external_id: "CIRCL" },
      ],
    });
    await target.close?.();
  });

  it("hears of a removal under the same id, marked as Threat Bus and as STIX mark it", async () => {
    const bind = await freeEndpoint();
    const target = await openListening(aFolder(), { bind }, () => 1_800_000_000_000);
    using subscriber = new ASubscriber(bind);
    await apply(side(target), { add: [anEntry()] });
    await subscriber.until(({ length }) => length > 0);
    await apply(side(target), { remove: [anEntry()] });
    const heard = await subscriber.until(() => subscriber.held().length === 0);
    const [before, after] = [heard.at(0)?.body, heard.at(-1)?.body];
    expect(after).toEqual({
      ...before,
      modified: "2027-01-15T08:00:00.001Z",
      revoked: true,
      x_threatbus_update: "REMOVE",
    });
    await target.close?.();
  });

  it("that comes late is told all that is held and what was removed of late, each under the id of before the restart", async () => {
    const [state, bind] = [aFolder(), await freeEndpoint()];
    let now = 1_800_000_000_000;
    const first = await openListening(state, { bind }, () => now);
    const early = new ASubscriber(bind);
    const add = Array.from({ length: 250 }, (_, n) => anEntry({ value: `host-${n}.example` }));
    await apply(side(first), {
      add: [...add, anEntry({ value: "long-gone.example" }), anEntry({ value: "gone.example" })],
    });
    await apply(side(first), { remove: [anEntry({ value: "long-gone.example" })] });
    now += 31 * DAY;
    await apply(side(first), { remove: [anEntry({ value: "gone.example" })] });
    const heardGone = () => early.held().length === 250 && early.heard.some(({ body }) => body.name === "gone.example");
    const ids = new Map((await early.until(heardGone)).map(({ body }) => [body.name, body.id]));
    await first.close?.();
    early[Symbol.dispose]();

    const second = await openListening(state, { bind }, () => now);
    using late = new ASubscriber(bind);
    const heard = await late.until(({ length }) => length >= 251);
    expect(heard.map(({ body }) => [body.name, body.id])).toEqual(
      [...add, { value: "gone.example" }].map(({ value }) => [value, ids.get(value)]),
    );
    expect(late.held().length).toBe(250);
    // A renewal after the restart is a later version of the same object.
    await apply(side(second), { renew: [anEntry({ value: "host-0.example", origins: [anOrigin({ timestamp: 1 })] })] });
    const renewed = (await late.until(({ length }) => length >= 252)).at(-1)?.body;
    expect(renewed).toMatchObject({ id: ids.get("host-0.example"), created: heard[0]?.body.created });
    expect(Date.parse(String(renewed?.modified))).toBeGreaterThan(Date.parse(String(heard[0]?.body.modified)));
    await second.close?.();
  });

  it("that reads slowly gets a snapshot whole, while others hear changes", async () => {
    const bind = await freeEndpoint();
    const target = await openListening(aFolder(), { bind });
    // More than the queue of one subscriber and the buffers of its line hold.
    const origins = [anOrigin({ eventInfo: "x".repeat(4_000) })];
    const add = Array.from({ length: 8_000 }, (_, n) => anEntry({ value: `host-${n}.example`, origins }));
    await apply(side(target), { add });
    using late = new ASubscriber(bind, "stix2/indicator", 1_000);
    using other = new ASubscriber(bind);
    await other.until(({ length }) => length > 0);
    await apply(side(target), { remove: [anEntry({ value: "host-7999.example" })] });
    await late.until(({ length }) => length >= 8_000 && late.held().length === 7_999);
    expect(late.held().length).toBe(7_999);
    await other.until(() => other.held().length === 7_999);
    expect(other.held().length).toBe(7_999);
    await target.close?.();
  });

  it("hears the courier's own format on a topic of its own", async () => {
    const bind = await freeEndpoint();
    const target = await openListening(aFolder(), { bind, format: "courier" }, () => 1_800_000_000_000);
    using subscriber = new ASubscriber(bind, "courier/indicator");
    await apply(side(target), { add: [anEntry({ score: 61.6, origins: [anOrigin({ tags: ["b", "a"] })] })] });
    const [held] = await subscriber.until(({ length }) => length > 0);
    expect(held?.body).toEqual({
      action: "hold",
      type: "domain",
      value: "bad.example",
      key: expect.stringMatching(/^[0-9a-f]{40}$/),
      changed: "2027-01-15T08:00:00.000Z",
      score: 61.6,
      expires: null,
      tags: ["a", "b"],
      organisations: ["CIRCL"],
      events: [{ uuid: anOrigin().eventUuid, info: "A campaign" }],
    });
    await target.close?.();
  });
});

describe("an application of Threat Bus", () => {
  it("is given a topic of its own, and a snapshot that only it hears", async () => {
    const [bind, manage] = [await freeEndpoint(), await freeEndpoint()];
    const target = await openListening(aFolder(), { bind, manage });
    using other = new ASubscriber(bind);
    await apply(side(target), { add: [anEntry()] });
    await other.until(({ length }) => length > 0);
    const before = other.heard.length;
    const answer = await askDesk(manage, { action: "subscribe", topic: "stix2/indicator", snapshot: 30 });
    expect(answer).toEqual({
      topic: expect.stringMatching(/^[a-z]{32}$/),
      pub_port: Number(bind.split(":")[2]),
      sub_port: expect.any(Number),
      status: "success",
    });
    const topic = String(answer.topic);
    const own = new ASubscriber(bind, topic);
    const [heard] = await own.until(({ length }) => length > 0);
    expect(heard).toMatchObject({ topic: `${topic}indicator`, body: { name: "bad.example" } });
    await apply(side(target), { remove: [anEntry()] });
    await own.until(() => own.held().length === 0);
    expect(own.held()).toEqual([]);
    await other.until(() => other.held().length === 0);
    expect(other.heard.length).toBe(before + 1);
    expect(await askDesk(manage, { action: "heartbeat", topic })).toEqual({ status: "success" });
    // Once it has gone, a sign of life is answered so that it begins anew.
    own[Symbol.dispose]();
    while ((await askDesk(manage, { action: "heartbeat", topic })).status === "success");
    await target.close?.();
  });

  it("hears changes alone where it asked for no snapshot, and nothing where it asked for sightings", async () => {
    const [bind, manage] = [await freeEndpoint(), await freeEndpoint()];
    const target = await openListening(aFolder(), { bind, manage });
    await apply(side(target), { add: [anEntry({ value: "before.example" })] });
    const topicOf = async (topic: unknown) => String((await askDesk(manage, { action: "subscribe", topic })).topic);
    using changes = new ASubscriber(bind, await topicOf(["stix2/sighting", "stix2/"]));
    using sightings = new ASubscriber(bind, await topicOf("stix2/sighting"));
    using common = new ASubscriber(bind);
    // Renewed until all are known to listen.
    while (changes.heard.length === 0 || common.heard.length < 3) {
      await apply(side(target), { renew: [anEntry({ value: "change.example" })] });
    }
    expect(new Set(changes.heard.map(({ body }) => body.name))).toEqual(new Set(["change.example"]));
    expect(sightings.heard).toEqual([]);
    await target.close?.();
  });

  it("is told of what cannot be understood, and others are served after it", async () => {
    const [bind, manage] = [await freeEndpoint(), await freeEndpoint()];
    const target = await openListening(aFolder(), { bind, manage });
    const error = { status: "error" };
    expect(await askDesk(manage, "{")).toEqual(error);
    expect(await askDesk(manage, "null")).toEqual(error);
    expect(await askDesk(manage, { action: "subscribe", topic: [] })).toEqual(error);
    expect(await askDesk(manage, { action: "heartbeat", topic: "nobody" })).toEqual(error);
    expect(await askDesk(manage, { action: "unsubscribe", topic: { a: 1 } })).toEqual(error);
    expect(await askDesk(manage, { action: "dance" })).toEqual({ status: "unknown request" });
    const { topic } = await askDesk(manage, { action: "subscribe", topic: "stix2/indicator" });
    expect(await askDesk(manage, { action: "unsubscribe", topic })).toEqual({ status: "success" });
    expect(await askDesk(manage, { action: "heartbeat", topic })).toEqual(error);
    await target.close?.();
  });
});

describe("a zeromq target", () => {
  it("says where it cannot listen, lets go of what it had, and listens once it can", async () => {
    const [bind, state] = [await freeEndpoint(), aFolder()];
    const first = await openListening(aFolder(), { bind });
    const second = await openTarget(state, { bind });
    const taken = {
      name: "NotNow",
      message: `cannot listen at ${bind}: another program listens there`,
      wait: 10_000,
    };
    await expect(second.prepare?.()).rejects.toMatchObject(taken);
    await expect(apply(side(second), { add: [anEntry()] })).rejects.toMatchObject(taken);
    const third = await openTarget(aFolder(), { bind: "tcp://127.0.0.1:0", manage: bind });
    await expect(third.prepare?.()).rejects.toThrow("cannot listen at");
    await first.close?.();
    await second.prepare?.();
    expect(await apply(side(second), { add: [anEntry()] })).toEqual([]);
    for (const target of [second, third]) await target.close?.();
  });

  it("listens at IPv6 addresses, everywhere", async () => {
    const [bind, manage, sightings] = [await freeEndpoint(), await freeEndpoint(), await freeEndpoint()].map(
      (address) => address.replace("127.0.0.1", "[::1]"),
    );
    const target = await openListening(aFolder(), { bind, manage, sightings });
    const answer = await askDesk(manage ?? "", { action: "subscribe", topic: "stix2/indicator" });
    expect(answer).toMatchObject({ status: "success" });
    await target.close?.();
  });

  it("begins anew in another format, and shows the same whatever the order of origins", async () => {
    const [state, bind] = [aFolder(), await freeEndpoint()];
    const first = await openListening(state, { bind });
    await apply(side(first), { add: [anEntry()] });
    await first.close?.();
    const second = await openListening(state, { bind, format: "courier" });
    expect(await listed(second)).toEqual([]);
    await second.close?.();
    const place = (format: string) => zeromq.place(zeromq.settings.parse({ format }));
    expect(place("stix")).not.toBe(place("courier"));

    const shows = zeromq.shows(zeromq.settings.parse({}));
    const origins = [
      anOrigin({ tags: ["a"] }),
      anOrigin({ attributeUuid: "x", eventUuid: "y", organisation: "Z", tags: ["b"] }),
    ];
    expect(shows(anEntry({ origins }))).toBe(shows(anEntry({ origins: origins.toReversed() })));
    expect(shows(anEntry({ origins }))).not.toBe(shows(anEntry()));
  });

  it("misses all that it held where its file is gone, so that who comes late is told of it again", async () => {
    const [state, bind] = [aFolder(), await freeEndpoint()];
    const first = await openListening(state, { bind });
    await apply(side(first), { add: [anEntry()] });
    expect(await first.bare?.([], signal)).toEqual([]);
    await first.close?.();
    await rm(join(state, "zeromq"), { recursive: true });
    const second = await openListening(state, { bind });
    expect(await second.bare?.([], signal)).toBe("everything");
    await apply(side(second), { remove: [anEntry()] });
    expect(await second.bare?.([], signal)).toEqual([]);
    await second.close?.();
  });

  it("takes no address but of TCP", () => {
    const problems = (settings: object) => zeromq.settings.safeParse(settings).error?.issues.length;
    expect(problems({})).toBeUndefined();
    expect(problems({ bind: "tcp://*:13371", manage: "tcp://127.0.0.1:*" })).toBeUndefined();
    expect(problems({ bind: "127.0.0.1:13371" })).toBe(1);
    expect(problems({ bind: "tcp://127.0.0.1:99999" })).toBe(1);
    expect(problems({ bind: "ipc:///tmp/bus" })).toBe(1);
    expect(problems({ format: "xml" })).toBe(1);
  });
});

/** As the target's own, for `apply`. */
function side(target: Target): FarSide {
  return { target, held: () => listed(target), close: async () => {} };
}
