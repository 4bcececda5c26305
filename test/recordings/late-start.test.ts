import { afterEach, describe, test } from "vitest";
import type { Lists } from "../support/lists.ts";
import { Replay } from "../support/replay.ts";
import { DROPPER_MD5, EVENT_ONE, EVIL, LIFE, PAIR, TAGGED } from "./recorded-values.ts";

/** Nobody heard the sightings of scenario 06, so they are not to have been given. */
const UNSIGHTED = LIFE.filter((scenario) => scenario !== "06-sightings");

/** Event 1 after its edits and deletions. */
const DELETED: Lists = {
  ...EVENT_ONE,
  "ip-src": ["198.51.100.10", "198.51.100.200", "198.51.100.31"],
  "ip-dst": ["203.0.113.78", "203.0.113.99"],
  hostname: [],
  uri: [],
  "email-src": [],
  url: [],
};

describe("a courier that starts when much has happened", () => {
  let replay: Replay;

  afterEach(() => replay[Symbol.asyncDispose]());

  async function startBefore(scenario: string, settings: Record<string, unknown> = {}): Promise<void> {
    const now = UNSIGHTED.indexOf(scenario);
    replay = await Replay.start(UNSIGHTED.slice(now), settings, { history: UNSIGHTED.slice(0, now) });
  }

  test("03: lists what only a publication tells of, the attributes of an object as well", async () => {
    await startBefore("03-publish");
    for (const label of ["publish E1", "publish again", "alert E1"]) await replay.after(label, EVENT_ONE);
    await replay.after("publish E2 (object)", {
      ...EVENT_ONE,
      md5: [...EVENT_ONE.md5, DROPPER_MD5],
      filename: ["bad.exe", "dropper.exe"],
    });
  });

  test("08, 09: hears deletions of what it never knew, and lists the event once its publication tells of it", async () => {
    await startBefore("08-attr-delete");
    await replay.afterEachOf("08-attr-delete", {});
    await replay.after("publish", DELETED);
    await replay.after("unpublish", DELETED);
    await replay.after("publish again", DELETED);
    await replay.after("attr edit on published event", DELETED);
    await replay.after("pushEventToZMQ", DELETED);
  });

  test("07b: asks REST for the whole event of which it hears a tag, and lists what of it was published", async () => {
    await startBefore("07b-local-tags");
    // The third domain was edited after the last publication.
    await replay.afterEachOf("07b-local-tags", { ...DELETED, domain: [PAIR, TAGGED] });
  });

  test("07b: decides by tags that it never heard of", async () => {
    await startBefore("07b-local-tags", {
      indicators: { require_published: false },
      filter: [{ tags: ["tlp:amber"], not: { tags: ["curator:lab"] } }],
    });
    await replay.after("event tag local", { ...DELETED, domain: [EVIL, PAIR, TAGGED] });
    await replay.after("attr tag local", { ...DELETED, domain: [PAIR, TAGGED] });
    await replay.after("attr several tags", { ...DELETED, domain: [PAIR, TAGGED] });
    await replay.after("remove event local tag", { ...DELETED, domain: [PAIR, TAGGED] });
    await replay.after("remove attr local tag", { ...DELETED, domain: [EVIL, PAIR, TAGGED] });
    await replay.after("global event tag on published event", { ...DELETED, domain: [EVIL, PAIR, TAGGED] });
    await replay.after("events/removeTag", {});
  });
});
