import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Lists, PRIVATE } from "../support/lists.ts";
import { Replay } from "../support/replay.ts";
import { DROPPER_MD5, EVENT_ONE, LIFE, MD5, PAIR, REMOTE_SHA256, TAGGED } from "./recorded-values.ts";

describe("as shipped, additions wait for publication", () => {
  let replay: Replay;

  beforeAll(async () => {
    replay = await Replay.start(LIFE);
  });

  afterAll(() => replay[Symbol.asyncDispose]());

  const NOTHING: Lists = {};
  const PUBLISHED: Lists = { ...EVENT_ONE, md5: [MD5, DROPPER_MD5], filename: ["bad.exe", "dropper.exe"] };
  const EDITED: Lists = { ...PUBLISHED, "ip-dst": ["203.0.113.99"] };
  const SIGHTED: Lists = { ...EDITED, domain: [PAIR, TAGGED] };
  const DELETED: Lists = { ...SIGHTED, hostname: [], uri: [], "email-src": [], url: [] };
  const REPUBLISHED: Lists = {
    ...DELETED,
    "ip-src": ["198.51.100.10", "198.51.100.200", "198.51.100.31"],
    "ip-dst": ["203.0.113.99", "203.0.113.78"],
  };
  const SYNCED: Lists = { ...REPUBLISHED, "ip-dst": ["203.0.113.99", "203.0.113.78", "198.51.100.150"] };
  const PULLED: Lists = { ...SYNCED, "ip-dst": ["203.0.113.99", "203.0.113.78", "198.51.100.150", "198.51.100.171"] };

  test("setup: a MISP that fills its warninglists and says that it is alive changes nothing", async () => {
    await replay.afterEachOf("setup", NOTHING);
    expect(replay.summary()).toMatchObject({ unreadable: 0, events: 0, attributes: 0 });
  });

  test("00: new organisations change nothing", async () => {
    await replay.until("00-meta");
    await replay.afterEachOf("00-meta", NOTHING);
  });

  test("01: a new event of 18 attributes is not published", async () => {
    await replay.until("01-create-event");
    await replay.afterEachOf("01-create-event", NOTHING);
    expect(replay.summary()).toMatchObject({ events: 1, attributes: 18 });
  });

  test("02: neither is one with an object", async () => {
    await replay.until("02-event-object");
    await replay.afterEachOf("02-event-object", NOTHING);
  });

  test("02b: an object that comes and goes before the publication is never listed", async () => {
    await replay.until("02b-objects");
    await replay.afterEachOf("02b-objects", NOTHING);
  });

  test("03: a publication, of which the message still says unpublished, lists the event; a second one changes nothing", async () => {
    await replay.until("03-publish");
    await replay.after("publish E1", EVENT_ONE);
    await replay.after("publish again", EVENT_ONE);
    await replay.after("alert E1", EVENT_ONE);
    await replay.after("publish E2 (object)", PUBLISHED);
  });

  test("04: an edited event keeps what was published, and its new attribute waits", async () => {
    await replay.until("04-edit-event");
    await replay.after("edit info of published event", PUBLISHED);
    await replay.after("events/edit with new + changed attribute", PUBLISHED);
    await replay.after("events/edit with stale timestamp attribute", PUBLISHED);
  });

  test("05: a cleared IDS flag takes off at once; what is set again, or has a new value, waits", async () => {
    await replay.until("05-edit-attribute");
    await replay.after("to_ids false", EDITED);
    await replay.after("to_ids true", EDITED);
    await replay.after("comment", EDITED);
    await replay.after("no-op edit", EDITED);
    await replay.after("value change by uuid", EDITED);
  });

  test("06: the newest thumb decides; an older one, and the loss of one of two, change nothing", async () => {
    await replay.until("06-sightings");
    await replay.after("sighting by id type 0", EDITED);
    await replay.after("sighting by id type 1", SIGHTED);
    await replay.after("sighting by id type 2", SIGHTED);
    await replay.after("sighting by value type 0", SIGHTED);
    await replay.after("sighting by value type 1", SIGHTED);
    await replay.after("sighting by value type 2", SIGHTED);
    await replay.after("sighting two values", SIGHTED);
    await replay.after("sighting by uuid", SIGHTED);
    await replay.after("sighting of half of composite", SIGHTED);
    await replay.after("sightings/delete", SIGHTED);
    await replay.after("edit attr having sightings", SIGHTED);
  });

  test("07: tags that no rule asks for change nothing", async () => {
    await replay.until("07-tags");
    await replay.afterEachOf("07-tags", SIGHTED);
  });

  test("08: a deletion of any kind takes off at once, and what is restored waits", async () => {
    await replay.until("08-attr-delete");
    await replay.after("soft delete", { ...SIGHTED, hostname: [] });
    await replay.after("restore", { ...SIGHTED, hostname: [] });
    await replay.after("hard delete", { ...SIGHTED, hostname: [] });
    await replay.after("deleteSelected soft two", { ...SIGHTED, hostname: [], uri: [] });
    await replay.after("soft delete via events/edit deleted:true", { ...DELETED, url: EVENT_ONE.url });
    await replay.after("HTTP DELETE", DELETED);
  });

  test("09: the next publication lists what waited; an unpublish and a push of an unpublished event change nothing", async () => {
    await replay.until("09-unpublish");
    await replay.after("publish", REPUBLISHED);
    await replay.after("unpublish", REPUBLISHED);
    await replay.after("publish again", REPUBLISHED);
    await replay.after("attr edit on published event", REPUBLISHED);
    await replay.after("pushEventToZMQ", REPUBLISHED);
  });

  test("10: an event that is deleted unpublished was never listed", async () => {
    await replay.until("10-event-delete");
    await replay.afterEachOf("10-event-delete", REPUBLISHED);
  });

  test("07b: nor do local tags change anything, nor a global one that unpublishes the event", async () => {
    await replay.until("07b-local-tags");
    await replay.afterEachOf("07b-local-tags", REPUBLISHED);
  });

  test("11, 12, 13: unpublished batches and warninglists of which nobody knows the entries change nothing", async () => {
    await replay.until("11-batch");
    await replay.afterEachOf("11-batch", REPUBLISHED);
    await replay.afterEachOf("12-read-after-zmq-race", REPUBLISHED);
    await replay.afterEachOf("13-warninglists", REPUBLISHED);
  });

  test("14: an event that is created published is listed; users, organisations and a second thumbs-down are not felt", async () => {
    await replay.until("14-users-orgs");
    await replay.after("add sync user", REPUBLISHED);
    await replay.after("auth_keys/add", REPUBLISHED);
    await replay.after("edit user", REPUBLISHED);
    await replay.after("edit org", REPUBLISHED);
    await replay.after("add read-only user", REPUBLISHED);
    await replay.after("ro key", REPUBLISHED);
    await replay.after("me as read-only", REPUBLISHED);
    await replay.after("sighting by other org user", REPUBLISHED);
    await replay.after("events/add by sync user with foreign Orgc, published", SYNCED);
  });

  test("16: a pull lists the other server's event, takes off what that server changed, and keeps what it deleted", async () => {
    await replay.until("16-sync-pull");
    await replay.after("pull full", {
      ...SYNCED,
      "ip-dst": ["203.0.113.99", "203.0.113.78", "198.51.100.150", "198.51.100.170"],
      domain: [PAIR, TAGGED, "remote-c2.example.org"],
      sha256: [...EVENT_ONE.sha256, REMOTE_SHA256],
    });
    const edited = ["203.0.113.99", "203.0.113.78", "198.51.100.150", "198.51.100.170", "198.51.100.171"];
    await replay.after("pull after remote edit", { ...SYNCED, "ip-dst": edited });
    await replay.after("pull with nothing new", { ...SYNCED, "ip-dst": edited });
    await replay.after("sighting on pulled attribute", PULLED);
    await replay.after("local tag on foreign event", PULLED);
    await replay.after("global tag on foreign event", PULLED);
    await replay.after("pull after remote delete", PULLED);
  });

  test("17: an accepted proposal and a free-text import wait", async () => {
    await replay.until("17-misc");
    await replay.after("proposal accept", PULLED);
    await replay.after("freeTextImport", PULLED);
  });

  test("24: what MISP could not save is not listed, and what it saved waits", async () => {
    await replay.until("24-redis-outage");
    await replay.after("before", PULLED);
    await replay.after("attributes/add with redis down", PULLED);
    await replay.after("sighting with redis down", PULLED);
    await replay.after("attach tag with redis down", PULLED);
    await replay.after("first write after redis is back", PULLED);
  });

  test("18: a published indicator stays through sightings, tags and publications until its IDS flag is cleared", async () => {
    await replay.until("18-roles-published");
    const listed: Lists = { ...PULLED, "ip-dst": [...(PULLED["ip-dst"] ?? []), "198.51.100.240"] };
    await replay.after("add", PULLED);
    await replay.after("publish", listed);
    await replay.after("sighting", listed);
    await replay.after("local event tag", listed);
    await replay.after("local attr tag", listed);
    await replay.after("global event tag", listed);
    await replay.after("publish", listed);
    await replay.after("global attr tag", listed);
    await replay.after("publish", listed);
    await replay.after("remove local", listed);
    await replay.after("to_ids flip", PULLED);
    await replay.after("publish", PULLED);
    // Two more local tags, a global one, six thumbs-up and nine publications and pushes, by users of five roles.
    await replay.afterEachOf("18-roles-published", PULLED);
  });

  test("an address of a private network is never listed", async () => {
    expect((await replay.lists())["ip-dst"]).not.toContain(PRIVATE);
  });

  test("nothing that the recorded MISP sent was unreadable or worth a warning", () => {
    expect(replay.summary().unreadable).toBe(0);
    expect(replay.complaints).toEqual([]);
  });
});
