import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Lists } from "../support/lists.ts";
import { Replay } from "../support/replay.ts";
import {
  addresses,
  BAD_EXE,
  DROPPER_MD5,
  DROPPER_SHA256,
  EVENT_ONE,
  EVIL,
  LIFE,
  MD5,
  PAIR,
  REMOTE_SHA256,
  SECOND_SHA256,
  SHA256,
  TAGGED,
} from "./recorded-values.ts";

const SETTINGS = { indicators: { require_published: false } };

describe("with require_published: false, additions do not wait", () => {
  let replay: Replay;

  beforeAll(async () => {
    replay = await Replay.start(LIFE, SETTINGS);
  });

  afterAll(() => replay[Symbol.asyncDispose]());

  const BOTH: Lists = { ...EVENT_ONE, md5: [MD5, DROPPER_MD5], filename: ["bad.exe", "dropper.exe"] };
  const EDITED: Lists = { ...BOTH, "ip-src": ["198.51.100.10", "198.51.100.200", "198.51.100.31"] };
  const MOVED: Lists = { ...EDITED, "ip-dst": ["203.0.113.78", "203.0.113.99"] };
  const SIGHTED: Lists = { ...MOVED, domain: [PAIR, TAGGED] };
  const DELETED: Lists = { ...SIGHTED, hostname: [], uri: [], "email-src": [], url: [] };

  // From here on only these lists change: addresses, and what the pulled event brings and takes.
  const batch = ["198.18.0.1", ...addresses("198.19.0.", 1, 20), ...addresses("198.51.100.", 1, 3)];
  const raced = ["203.0.113.78", "203.0.113.99", ...batch, ...addresses("192.0.2.", 1, 30)];
  const synced = [...raced, "198.51.100.150"];
  const pulled = [...synced, "198.51.100.171"];
  const imported = [...pulled, "198.51.100.99", "198.51.100.222"];
  const IMPORTED: Lists = { ...DELETED, hostname: ["some.bad.example.com"] };

  test("01: each attribute with an IDS flag is listed as it is added, composite types in halves", async () => {
    await replay.until("01-create-event");
    const first: Lists = { ...EVENT_ONE, "ip-src": ["198.51.100.10"], domain: [EVIL, PAIR] };
    await replay.after("events/add with 16 attributes and tag", first);
    await replay.after("attributes/add single", { ...first, "ip-src": EVENT_ONE["ip-src"] });
    await replay.after("attributes/add with Tag", EVENT_ONE);
    await replay.after("duplicate attribute", EVENT_ONE);
  });

  test("02: so are those of an object, until their IDS flag is cleared", async () => {
    await replay.until("02-event-object");
    const listed: Lists = { ...BOTH, sha256: [SHA256, BAD_EXE, DROPPER_SHA256] };
    await replay.after("events/add with Object", listed);
    await replay.after("objectReferences/add", listed);
    await replay.after("objects/edit comment", listed);
    await replay.after("edit attribute inside object", BOTH);
  });

  test("02b: a deleted object takes its attributes off, and erasing it as well changes nothing", async () => {
    await replay.until("02b-objects");
    await replay.after("objects/add", {
      ...BOTH,
      filename: ["bad.exe", "dropper.exe", "second.exe"],
      sha256: [SHA256, BAD_EXE, SECOND_SHA256],
    });
    await replay.after("objects soft delete", BOTH);
    await replay.after("objects hard delete", BOTH);
  });

  test("03: a publication changes nothing", async () => {
    await replay.until("03-publish");
    await replay.afterEachOf("03-publish", BOTH);
  });

  test("04: an event's edit brings its new attribute, and one with an old timestamp nothing", async () => {
    await replay.until("04-edit-event");
    await replay.after("edit info of published event", BOTH);
    await replay.after("events/edit with new + changed attribute", EDITED);
    await replay.after("events/edit with stale timestamp attribute", EDITED);
  });

  test("05: an IDS flag takes off and brings back, and a new value takes the place of the old one", async () => {
    await replay.until("05-edit-attribute");
    await replay.after("to_ids false", { ...EDITED, "ip-dst": ["203.0.113.99"] });
    await replay.after("to_ids true", { ...EDITED, "ip-dst": ["203.0.113.77", "203.0.113.99"] });
    await replay.after("comment", { ...EDITED, "ip-dst": ["203.0.113.77", "203.0.113.99"] });
    await replay.after("no-op edit", { ...EDITED, "ip-dst": ["203.0.113.77", "203.0.113.99"] });
    await replay.after("value change by uuid", MOVED);
  });

  test("06: a thumbs-down takes off", async () => {
    await replay.until("06-sightings");
    await replay.after("sighting by id type 0", MOVED);
    await replay.after("sighting by id type 1", SIGHTED);
    await replay.afterEachOf("06-sightings", SIGHTED);
  });

  test("07: tags that no rule asks for change nothing", async () => {
    await replay.until("07-tags");
    await replay.afterEachOf("07-tags", SIGHTED);
  });

  test("08: a restored attribute is back at once, and an erased one is off although its message says not deleted", async () => {
    await replay.until("08-attr-delete");
    await replay.after("soft delete", { ...SIGHTED, hostname: [] });
    await replay.after("restore", SIGHTED);
    await replay.after("hard delete", { ...SIGHTED, hostname: [] });
    await replay.after("deleteSelected soft two", { ...SIGHTED, hostname: [], uri: [] });
    await replay.after("soft delete via events/edit deleted:true", { ...DELETED, url: EVENT_ONE.url });
    await replay.after("HTTP DELETE", DELETED);
  });

  test("09: neither publications nor an unpublish change anything", async () => {
    await replay.until("09-unpublish");
    await replay.afterEachOf("09-unpublish", DELETED);
  });

  test("10: a deleted event takes all its attributes off, of which no message speaks", async () => {
    await replay.until("10-event-delete");
    const added: Lists = { ...DELETED, "ip-src": [...(DELETED["ip-src"] ?? []), ...addresses("198.51.100.", 61, 63)] };
    await replay.after("add (no category)", added);
    await replay.after("sighting", added);
    await replay.after("events/delete", DELETED);
    await replay.after("re-add blocklisted uuid", DELETED);
  });

  test("07b: local tags change nothing", async () => {
    await replay.until("07b-local-tags");
    await replay.afterEachOf("07b-local-tags", DELETED);
  });

  test("11: batches are listed as they come, and a bulk edit that clears the IDS flag takes off what it names", async () => {
    await replay.until("11-batch");
    const before = ["203.0.113.78", "203.0.113.99"];
    const first = [...before, ...addresses("198.18.0.", 1, 20)];
    const second = [...first, ...addresses("198.19.0.", 1, 20)];
    await replay.after("event", { ...DELETED, "ip-dst": before });
    await replay.after("attributes/add list of 500", { ...DELETED, "ip-dst": first });
    await replay.after("events/edit with 500 new", { ...DELETED, "ip-dst": second });
    const third = [...second, ...addresses("198.51.100.", 1, 2)];
    await replay.after("batch_import multi-line with one bad", { ...DELETED, "ip-dst": third });
    await replay.after("list with one bad", { ...DELETED, "ip-dst": [...second, ...addresses("198.51.100.", 1, 3)] });
    await replay.after("editSelected 50", { ...DELETED, "ip-dst": [...before, ...batch] });
  });

  test("12: so is an event that is still being written when REST is asked about it", async () => {
    await replay.until("12-read-after-zmq-race");
    await replay.after("events/add 199 attributes", { ...DELETED, "ip-dst": raced });
  });

  test("13: warninglists of which nobody knows the entries change nothing", async () => {
    await replay.until("13-warninglists");
    await replay.afterEachOf("13-warninglists", { ...DELETED, "ip-dst": raced });
  });

  test("14: another organisation's thumbs-down of what is down already changes nothing", async () => {
    await replay.until("14-users-orgs");
    for (const label of ["add sync user", "auth_keys/add", "edit user", "edit org", "add read-only user", "ro key"]) {
      await replay.after(label, { ...DELETED, "ip-dst": raced });
    }
    await replay.after("me as read-only", { ...DELETED, "ip-dst": raced });
    await replay.after("sighting by other org user", { ...DELETED, "ip-dst": raced });
    await replay.after("events/add by sync user with foreign Orgc, published", { ...DELETED, "ip-dst": synced });
  });

  test("16: a pulled event comes and changes with its server", async () => {
    await replay.until("16-sync-pull");
    await replay.after("pull full", {
      ...DELETED,
      "ip-dst": [...synced, "198.51.100.170"],
      domain: [PAIR, TAGGED, "remote-c2.example.org"],
      sha256: [SHA256, BAD_EXE, REMOTE_SHA256],
    });
    await replay.after("pull after remote edit", { ...DELETED, "ip-dst": [...pulled, "198.51.100.170"] });
    await replay.after("pull with nothing new", { ...DELETED, "ip-dst": [...pulled, "198.51.100.170"] });
    await replay.after("sighting on pulled attribute", { ...DELETED, "ip-dst": pulled });
    await replay.after("local tag on foreign event", { ...DELETED, "ip-dst": pulled });
    await replay.after("global tag on foreign event", { ...DELETED, "ip-dst": pulled });
    await replay.after("pull after remote delete", { ...DELETED, "ip-dst": pulled });
  });

  test("17: an accepted proposal and a free-text import are listed", async () => {
    await replay.until("17-misc");
    await replay.after("proposal accept", { ...DELETED, "ip-dst": [...pulled, "198.51.100.99"] });
    await replay.after("freeTextImport", { ...IMPORTED, "ip-dst": imported });
  });

  test("24: what MISP saved is listed, what it could not save is not", async () => {
    await replay.until("24-redis-outage");
    const before: Lists = { ...IMPORTED, "ip-dst": [...imported, "198.51.100.231"] };
    await replay.after("before", before);
    await replay.after("attributes/add with redis down", before);
    await replay.after("sighting with redis down", before);
    await replay.after("attach tag with redis down", before);
    const after = [...imported, "198.51.100.231", "198.51.100.233"];
    await replay.after("first write after redis is back", { ...IMPORTED, "ip-dst": after });
  });

  test("18: an indicator is listed when it is added, and off when its IDS flag is cleared", async () => {
    await replay.until("18-roles-published");
    const off: Lists = { ...IMPORTED, "ip-dst": [...imported, "198.51.100.231", "198.51.100.233"] };
    const on: Lists = { ...off, "ip-dst": [...(off["ip-dst"] ?? []), "198.51.100.240"] };
    for (const label of ["add", "publish", "sighting", "local event tag", "local attr tag", "global event tag"]) {
      await replay.after(label, on);
    }
    for (const label of ["publish", "global attr tag", "publish", "remove local"]) await replay.after(label, on);
    await replay.after("to_ids flip", off);
    await replay.afterEachOf("18-roles-published", off);
  });

  test("nothing that the recorded MISP sent was unreadable or worth a warning", () => {
    expect(replay.summary().unreadable).toBe(0);
    expect(replay.complaints).toEqual([]);
  });
});
