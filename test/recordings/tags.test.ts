import { afterEach, describe, test } from "vitest";
import type { Lists } from "../support/lists.ts";
import { Replay } from "../support/replay.ts";
import { DROPPER_MD5, EVENT_ONE, EVIL, LIFE, PAIR, REMOTE_SHA256, TAGGED } from "./recorded-values.ts";

/** Without the thumbs-down of the domain that bears the attribute tags, so that the tags alone decide. */
const UNSIGHTED = LIFE.filter((scenario) => scenario !== "06-sightings");
const UNPUBLISHED = { require_published: false };

/** Longer than an addition waits for its tags, milliseconds. */
const SETTLED = 5_000;

/** Event 1 after its edits; later what was deleted is missing. */
const EDITED: Lists = {
  ...EVENT_ONE,
  "ip-src": ["198.51.100.10", "198.51.100.200", "198.51.100.31"],
  "ip-dst": ["203.0.113.78", "203.0.113.99"],
};
const DELETED: Lists = { ...EDITED, hostname: [], uri: [], "email-src": [], url: [] };

let replay: Replay;

afterEach(() => replay[Symbol.asyncDispose]());

async function start(filter: unknown, indicators: unknown = {}, life = UNSIGHTED): Promise<void> {
  replay = await Replay.start(life, { filter, indicators });
}

describe("a rule that asks for tags", () => {
  const RULE = [{ tags: ["tlp:green", "CURATOR:*"] }];

  test("07: admits an event with its tag, takes it off with it, and keeps the attribute that has one of its own", async () => {
    await start(RULE, UNPUBLISHED);
    await replay.until("07-tags");
    await replay.after("event tag global", EDITED);
    await replay.after("attr tag global", EDITED);
    await replay.after("remove event tag", { domain: [EVIL] });
    await replay.after("remove attr tag", {});
    await replay.afterEachOf("07-tags", {});
  });

  test("07: admits of an unpublished event only what was published", async () => {
    await start(RULE);
    await replay.until("07-tags");
    const published = { ...EVENT_ONE, "ip-src": ["198.51.100.200"], "ip-dst": ["203.0.113.99"] };
    await replay.after("event tag global", published);
    await replay.after("attr tag global", published);
    await replay.after("remove event tag", { domain: [EVIL] });
    await replay.after("remove attr tag", {});
    await replay.afterEachOf("07-tags", {});
  });

  test("07b: goes by local tags as by global ones", async () => {
    await start(RULE, UNPUBLISHED);
    await replay.until("07b-local-tags");
    await replay.after("event tag local", DELETED);
    await replay.after("attr tag local", DELETED);
    await replay.after("attr several tags", DELETED);
    await replay.after("remove event local tag", { domain: [EVIL] });
    await replay.after("remove attr local tag", { domain: [EVIL] });
    await replay.after("global event tag on published event", { domain: [EVIL] });
    await replay.after("events/removeTag", { domain: [EVIL] });
  });

  test("16: admits a pulled event by the tag that comes after it", async () => {
    replay = await Replay.start(["16-sync-pull"], { filter: RULE }, { singly: true });
    const pulled: Lists = {
      "ip-dst": ["198.51.100.170"],
      domain: ["remote-c2.example.org"],
      sha256: [REMOTE_SHA256],
    };
    await replay.after("pull full", pulled, SETTLED);
    await replay.after("pull after remote edit", { "ip-dst": ["198.51.100.170", "198.51.100.171"] }, SETTLED);
    await replay.after("pull with nothing new", { "ip-dst": ["198.51.100.170", "198.51.100.171"] });
    await replay.after("sighting on pulled attribute", { "ip-dst": ["198.51.100.171"] });
    await replay.after("local tag on foreign event", { "ip-dst": ["198.51.100.171"] });
    await replay.after("global tag on foreign event", { "ip-dst": ["198.51.100.171"] });
    await replay.after("pull after remote delete", { "ip-dst": ["198.51.100.171"] });
  });

  test("18: admits with the first of several tags, and lets go with the last of them or with the IDS flag", async () => {
    await start(RULE, {}, ["18-roles-published"]);
    for (const label of ["add", "publish", "sighting"]) await replay.after(label, {});
    const listed = { "ip-dst": ["198.51.100.240"] };
    for (const label of ["local event tag", "local attr tag", "global event tag", "publish"]) {
      await replay.after(label, listed);
    }
    for (const label of ["global attr tag", "publish", "remove local"]) await replay.after(label, listed);
    await replay.after("to_ids flip", {});
    await replay.after("publish", {});
  });
});

describe("a rule that excludes tags", () => {
  const RULE = [{ not: { tags: ["tlp:red", 'workflow:state="incomplete"'] } }];
  const EVENT_TWO: Lists = { filename: ["dropper.exe"], md5: [DROPPER_MD5] };

  test.each([
    ["all targets", { filter: RULE }],
    ["one target", { targets: { blocklists: { type: "csv", directory: "./lists", filter: RULE } } }],
  ])("01: for %s never lists an attribute whose tag comes after it, not for a moment", async (_, settings) => {
    replay = await Replay.start(["01-create-event"], { ...settings, indicators: UNPUBLISHED }, { singly: true });
    const first: Lists = { ...EVENT_ONE, "ip-src": ["198.51.100.10"], domain: [EVIL, PAIR] };
    const second: Lists = { ...first, "ip-src": EVENT_ONE["ip-src"] };
    await replay.after("events/add with 16 attributes and tag", first, SETTLED);
    await replay.after("attributes/add single", second, SETTLED);
    await replay.after("attributes/add with Tag", second, SETTLED);
    await replay.passing(60_000, second);
  });

  test("07b: takes a whole event off when it gets the tag", async () => {
    await start(RULE, UNPUBLISHED);
    await replay.until("07b-local-tags");
    const listed: Lists = {
      ...DELETED,
      domain: [EVIL, PAIR],
      filename: ["bad.exe", "dropper.exe"],
      md5: [...EVENT_ONE.md5, DROPPER_MD5],
    };
    for (const label of ["event tag local", "attr tag local", "attr several tags"]) await replay.after(label, listed);
    await replay.after("remove event local tag", listed);
    await replay.after("remove attr local tag", listed);
    await replay.after("global event tag on published event", EVENT_TWO);
    await replay.after("events/removeTag", EVENT_TWO);
  });
});

describe("an exception", () => {
  test("05: by comment takes off the attribute that gets it, whatever its value becomes", async () => {
    await start([], { ...UNPUBLISHED, exceptions: { comment: "^New comment" } });
    await replay.until("05-edit-attribute");
    const without: Lists = {
      ...EDITED,
      "ip-dst": ["203.0.113.99"],
      filename: ["bad.exe", "dropper.exe"],
      md5: [...EVENT_ONE.md5, DROPPER_MD5],
    };
    const listed: Lists = { ...without, "ip-dst": ["203.0.113.77", "203.0.113.99"] };
    await replay.after("to_ids false", without);
    await replay.after("to_ids true", listed);
    await replay.after("comment", without);
    await replay.after("no-op edit", without);
    await replay.after("value change by uuid", without);
  });

  test("07b: by tag takes off the event that gets it", async () => {
    await start([], { ...UNPUBLISHED, exceptions: { tags: ["tlp:red"] } });
    await replay.until("07b-local-tags");
    const both: Lists = {
      ...DELETED,
      domain: [EVIL, PAIR, TAGGED],
      filename: ["bad.exe", "dropper.exe"],
      md5: [...EVENT_ONE.md5, DROPPER_MD5],
    };
    for (const label of ["event tag local", "attr tag local", "attr several tags"]) await replay.after(label, both);
    await replay.after("remove event local tag", both);
    await replay.after("remove attr local tag", both);
    await replay.after("global event tag on published event", { filename: ["dropper.exe"], md5: [DROPPER_MD5] });
  });
});
