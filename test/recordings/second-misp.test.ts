import { afterEach, describe, expect, test } from "vitest";
import type { Lists } from "../support/lists.ts";
import { Replay } from "../support/replay.ts";
import { addresses, SECOND_LIFE } from "./recorded-values.ts";

const BACKLOG = addresses("198.51.100.", 240, 244);
const PUBLISHED = addresses("198.51.100.", 120, 122);
const SIGHTED = addresses("198.51.100.", 121, 122);

describe("a MISP whose publisher was killed, and which publishes in background jobs", () => {
  let replay: Replay;

  afterEach(() => replay[Symbol.asyncDispose]());

  test("lists as shipped what is published, and takes off what is thumbed down", async () => {
    replay = await Replay.start(SECOND_LIFE);
    await replay.after("REST write with dead mispzmq", {});
    expect(replay.summary()).toMatchObject({ events: 2, attributes: 10 });
    await replay.after("add", {});
    await replay.after("publish in background", { "ip-dst": PUBLISHED });
    await replay.after("unpublish", { "ip-dst": PUBLISHED });
    await replay.after("sighting by value", { "ip-dst": SIGHTED });
    await replay.after("publish again", { "ip-dst": SIGHTED });
    // Settings of the feed, and two writes that the feed never told of.
    await replay.afterEachOf("23-zmq-settings", { "ip-dst": SIGHTED });
    expect(replay.summary().unreadable).toBe(0);
    expect(replay.complaints).toEqual([]);
  });

  test("lists with require_published: false what is added, and a value of two events once", async () => {
    replay = await Replay.start(SECOND_LIFE, { indicators: { require_published: false } });
    const added: Lists = { "ip-dst": [...BACKLOG, ...PUBLISHED] };
    const sighted: Lists = { "ip-dst": [...BACKLOG, ...SIGHTED] };
    await replay.after("REST write with dead mispzmq", { "ip-dst": BACKLOG });
    await replay.after("add", added);
    await replay.after("publish in background", added);
    await replay.after("unpublish", added);
    await replay.after("sighting by value", sighted);
    await replay.after("publish again", sighted);
    await replay.afterEachOf("23-zmq-settings", sighted);
  });

  test("brings back with withdraw_on_unpublish: true what was not thumbed down meanwhile", async () => {
    replay = await Replay.start(SECOND_LIFE, { indicators: { withdraw_on_unpublish: true } });
    await replay.until("22-background-jobs");
    await replay.after("add", {});
    await replay.after("publish in background", { "ip-dst": PUBLISHED });
    await replay.after("unpublish", {});
    await replay.after("sighting by value", {});
    await replay.after("publish again", { "ip-dst": SIGHTED });
  });
});
