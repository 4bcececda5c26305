import { afterAll, beforeAll, describe, test } from "vitest";
import type { Lists } from "../support/lists.ts";
import { Replay } from "../support/replay.ts";
import { DROPPER_MD5, EVENT_ONE, LIFE, MD5, PAIR, TAGGED } from "./recorded-values.ts";

const SETTINGS = { indicators: { withdraw_on_unpublish: true } };

describe("with withdraw_on_unpublish: true", () => {
  let replay: Replay;

  beforeAll(async () => {
    replay = await Replay.start(LIFE, SETTINGS);
  });

  afterAll(() => replay[Symbol.asyncDispose]());

  const PUBLISHED: Lists = { ...EVENT_ONE, md5: [MD5, DROPPER_MD5], filename: ["bad.exe", "dropper.exe"] };
  const REPUBLISHED: Lists = {
    ...PUBLISHED,
    "ip-src": ["198.51.100.10", "198.51.100.200", "198.51.100.31"],
    "ip-dst": ["203.0.113.99", "203.0.113.78"],
    domain: [PAIR, TAGGED],
    hostname: [],
    uri: [],
    "email-src": [],
    url: [],
  };
  const EVENT_TWO: Lists = { md5: [DROPPER_MD5], filename: ["dropper.exe"] };

  test("04: an edit, by which MISP unpublishes an event, withdraws nothing", async () => {
    await replay.until("04-edit-event");
    await replay.afterEachOf("04-edit-event", PUBLISHED);
  });

  test("07: nor does a global tag, by which it does the same", async () => {
    await replay.until("07-tags");
    await replay.afterEachOf("07-tags", { ...PUBLISHED, "ip-dst": ["203.0.113.99"], domain: [PAIR, TAGGED] });
  });

  test("09: an explicit unpublish takes the whole event off, and the next publication brings it back", async () => {
    await replay.until("09-unpublish");
    await replay.after("publish", REPUBLISHED);
    await replay.after("unpublish", EVENT_TWO);
    await replay.after("publish again", REPUBLISHED);
    await replay.after("attr edit on published event", REPUBLISHED);
    await replay.after("pushEventToZMQ", REPUBLISHED);
  });

  test("07b: local tags and another global one withdraw nothing", async () => {
    await replay.until("07b-local-tags");
    await replay.afterEachOf("07b-local-tags", REPUBLISHED);
  });
});
