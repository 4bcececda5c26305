import { beforeEach, describe, expect, test } from "vitest";
import { type Attribute, SightingType } from "../../src/model/misp.ts";
import type { Notice, Telling } from "../../src/model/notice.ts";
import { ALedger, heardEvent, sighted, told } from "../support/a-ledger.ts";
import { aSighting } from "../support/a-sighting.ts";
import { anAttribute, NOW } from "../support/an-attribute.ts";
import { anEvent, aPublication } from "../support/an-event.ts";
import { ruleSettings } from "../support/rule-settings.ts";

const { uuid: ATTRIBUTE, timestamp: CHANGED } = anAttribute();
const { uuid: EVENT } = anEvent();

let ledger: ALedger;
beforeEach(() => {
  ledger = new ALedger();
  ledger.hear(heardEvent(), told());
  ledger.published();
});

/** How many changes the ledger has told targets of. */
function revision(): number {
  return ledger.ledger.deltas.newest();
}

test("an attribute as it was before changes nothing", () => {
  ledger.hear(told({ toIds: false, timestamp: CHANGED + 5 }, "edit"));
  ledger.hear(told({ timestamp: CHANGED + 4 }, "edit"), told({ timestamp: CHANGED }, "add"));
  expect(ledger.standing()).toBe("to_ids");
});

test("of two edits in one second the later message wins, and an addition never does", () => {
  ledger.hear(told({ toIds: false }, "edit"));
  expect(ledger.standing()).toBe("to_ids");
  ledger.hear(told({}, "add"));
  expect(ledger.standing()).toBe("to_ids");
  ledger.hear(told({}, "edit"));
  ledger.published();
  expect(ledger.standing()).toBeNull();
});

test("messages that come twice change nothing, and no target has to hear of them", () => {
  const messages: Notice[] = [
    told({ comment: "x", timestamp: CHANGED + 1 }, "edit"),
    sighted({ type: SightingType.seen }),
    { kind: "tag", on: "attribute", id: 1, eventId: 1, name: "a", attached: true },
    { kind: "tag", on: "event", id: 1, eventId: 1, name: "b", attached: true },
    heardEvent({ tags: ["b"] }),
    { kind: "organisation", organisation: { id: 4, uuid: null, name: "CIRCL" } },
  ];
  ledger.hear(...messages);
  ledger.reviewed();
  const before = revision();
  for (const message of messages.slice(1)) ledger.hear(message);
  ledger.hear(told({ comment: "x", timestamp: CHANGED + 1, tags: ["a"] }, "edit"), { kind: "alive", uptime: 3 });
  expect(ledger.reviewed()).toBe(0);
  expect(revision()).toBe(before);
});

test("a thumbs-up that changes no verdict is no news", () => {
  ledger.hear(sighted({ type: SightingType.seen, date: CHANGED - 50 }));
  const before = revision();
  ledger.hear(sighted({ id: 2, type: SightingType.seen, date: CHANGED - 60 }));
  expect(revision()).toBe(before);
});

test("one that changes the score alone is news: targets may ask for a least score", () => {
  ledger.hear(sighted({ type: SightingType.seen, date: CHANGED - 50 }));
  const before = revision();
  ledger.hear(sighted({ id: 2, organisationId: 3, type: SightingType.seen, date: CHANGED - 60 }));
  expect(revision()).toBeGreaterThan(before);
});

test("a publication that overtakes the edits before it knows better than they do", () => {
  const event = { kind: "event", event: anEvent({ timestamp: NOW - 30 }), how: "snapshot" } as const;
  ledger.hear(event, told({ value: "new.example", timestamp: NOW - 30, tags: ["a"] }, "snapshot"));
  ledger.hear(told({ value: "between.example", timestamp: NOW - 31 }, "edit"));
  expect(ledger.standing()).toBe("unsupported");
  expect(ledger.standing("between.example")).toBeUndefined();
  expect(ledger.standing("new.example")).toBe("unpublished");
});

describe("what is gone stays gone", () => {
  test("an erased attribute, whatever old message comes after", () => {
    ledger.hear({ kind: "attribute-erased", id: 1, uuid: ATTRIBUTE, eventId: 1 });
    ledger.hear(told({ timestamp: CHANGED + 50 }, "edit"), told({}, "snapshot"), told({}, "add"));
    ledger.answer([told({ timestamp: CHANGED + 50 }, "answer")], 100);
    ledger.published({ publishTimestamp: NOW });
    expect(ledger.standing()).toBe("deleted");
  });

  test("unless REST, asked well after, says that it is there: MISP was restored from a backup", () => {
    ledger.hear({ kind: "attribute-erased", id: 1, uuid: ATTRIBUTE, eventId: 1 });
    ledger.now += 60_000;
    ledger.answer([told({}, "answer")]);
    expect(ledger.standing()).toBeNull();
  });

  test("an attribute that REST did not tell of, whatever message of before comes after", () => {
    ledger.now += 60_000;
    ledger.answer([{ kind: "contents", id: 1, uuid: EVENT, attributes: new Set() }]);
    ledger.hear(told({}, "edit"), told({}, "snapshot"), told({}, "add"));
    expect(ledger.standing()).toBe("deleted");
  });

  test("a deleted event, with the attributes that are heard of late", () => {
    ledger.hear({ kind: "event-deleted", id: 1, uuid: EVENT });
    ledger.now += 10_000;
    ledger.hear(told({ id: 2, value: "late.example" }), told({ timestamp: CHANGED + 5 }, "edit"), heardEvent());
    ledger.reviewed();
    expect(ledger.standing()).toBe("event_deleted");
    expect(ledger.standing("late.example")).toBe("event_deleted");
  });

  test("an answer of REST that is older than the deletion of a sighting does not bring it back", () => {
    ledger.hear(sighted());
    ledger.hear({ kind: "sighting-deleted", id: 1 });
    ledger.answer([{ kind: "sighting", sighting: aSighting(), how: "answer" }], 100);
    expect(ledger.standing()).toBeNull();
  });
});

describe("a MISP that has numbered anew", () => {
  test("an attribute is known by its UUID", () => {
    ledger.hear(told({ id: 50, uuid: ATTRIBUTE, comment: "moved" }, "edit"));
    expect(ledger.standing()).toBeNull();
    ledger.hear({ kind: "attribute-erased", id: 50, uuid: ATTRIBUTE, eventId: 1 });
    expect(ledger.standing()).toBe("deleted");
  });

  test("an attribute that turns up in another event holds nothing up for the one before", () => {
    ledger.hear(heardEvent({ id: 2, uuid: "ffffffff-0000-4000-8000-000000000002" }));
    const questions = ledger.hear(told({ eventId: 2, value: "moved.example", timestamp: CHANGED + 5 }, "edit"));
    expect(ledger.standing()).toBe("unsupported");
    expect(ledger.standing("moved.example")).toBe("unpublished");
    expect(questions).toContainEqual(expect.objectContaining({ eventId: 1, whole: true }));
  });

  test("a number that stands for another attribute does not speak for the one before", () => {
    const uuid = "bbbbbbbb-0000-4000-8000-000000000001";
    const questions = ledger.hear(told({ uuid, value: "other.example", toIds: false, timestamp: CHANGED + 5 }, "edit"));
    expect(ledger.standing("other.example")).toBe("to_ids");
    expect(questions).toContainEqual(expect.objectContaining({ eventId: 1, whole: true }));
  });

  test("an event under another number, or a number for another event: REST is asked for all of both", () => {
    const uuid = "ffffffff-0000-4000-8000-000000000001";
    expect(ledger.hear(heardEvent({ uuid }))).toContainEqual(expect.objectContaining({ uuid: EVENT, whole: true }));
    expect(ledger.hear(heardEvent({ id: 9, uuid }))).toContainEqual(expect.objectContaining({ uuid, whole: true }));
  });

  describe("an event under another number", () => {
    const attribute = (facts: Partial<Attribute>, how: Telling = "add"): Notice => {
      return {
        kind: "attribute",
        attribute: anAttribute({ id: 50, uuid: ATTRIBUTE, ...facts }),
        event: undefined,
        how,
      };
    };

    test("keeps what it holds up, and its attributes are known by their UUIDs", () => {
      const questions = ledger.hear(heardEvent({ id: 9, uuid: EVENT }));
      expect(questions).toContainEqual(expect.objectContaining({ uuid: EVENT, whole: true }));
      ledger.reviewed();
      expect(ledger.standing()).toBeNull();
      ledger.answer([aPublication({ id: 9, uuid: EVENT }), attribute({ eventId: 9 }, "answer")]);
      expect(ledger.standing()).toBeNull();
      ledger.hear({ kind: "attribute-erased", id: 50, uuid: ATTRIBUTE, eventId: 9 });
      expect(ledger.standing()).toBe("deleted");
    });

    test("has of attributes that were heard of under both numbers what was told under the newer one", () => {
      ledger.hear(attribute({ eventId: 7, value: "newer.example" }));
      ledger.hear(heardEvent({ id: 7, uuid: EVENT }));
      ledger.published({ id: 7, uuid: EVENT, publishTimestamp: NOW });
      expect([ledger.standing(), ledger.standing("newer.example")]).toEqual(["unsupported", null]);
    });

    test("is judged again where it was about to be under the former one", () => {
      ledger = new ALedger(ruleSettings({}, [{ not: { tags: ["tlp:red"] } }]));
      ledger.answer([aPublication({ tags: [] }), told({ tags: [] }, "answer")]);
      ledger.reviewed();
      ledger.hear({ kind: "tag", on: "event", id: 1, eventId: 1, name: "tlp:red", attached: true });
      ledger.answer([{ kind: "listed", id: 9, uuid: EVENT, state: "1" }]);
      expect(ledger.standing()).toBeNull();
      ledger.reviewed();
      expect(ledger.standing()).toBe("filtered");
    });

    test("is a new one where the one before was deleted", () => {
      ledger.hear({ kind: "event-deleted", id: 1, uuid: EVENT }, heardEvent({ id: 9, uuid: EVENT }));
      ledger.hear(attribute({ eventId: 9 }));
      ledger.published({ id: 9, uuid: EVENT, publishTimestamp: NOW });
      expect(ledger.standing()).toBeNull();
    });
  });

  test("a deletion by number does not hit the event that has the number now", () => {
    ledger.hear({ kind: "event-deleted", id: 1, uuid: "ffffffff-0000-4000-8000-000000000001" });
    ledger.hear({ kind: "attribute-erased", id: 1, uuid: "bbbbbbbb-0000-4000-8000-000000000001", eventId: 1 });
    ledger.reviewed();
    expect(ledger.standing()).toBeNull();
  });
});

describe("answers of REST", () => {
  test("do not undo what was heard since they were asked for", () => {
    ledger.hear(told({ toIds: false, timestamp: CHANGED + 5 }, "edit"));
    ledger.answer([told({ timestamp: CHANGED }, "answer")], 1_000);
    expect(ledger.standing()).toBe("to_ids");
  });

  test("settle what is in doubt when they are newer", () => {
    ledger.now += 60_000;
    ledger.answer([told({ toIds: false }, "answer")]);
    expect(ledger.standing()).toBe("to_ids");
  });

  test("may follow one another at once: only what the feed said keeps them waiting", () => {
    ledger.now += 60_000;
    ledger.answer([told({ toIds: false }, "answer")]);
    ledger.answer([told({}, "answer")]);
    expect(ledger.standing()).toBeNull();
  });

  test("of a tag do not undo a tag that was heard of since", () => {
    ledger = new ALedger(ruleSettings({}, [{ not: { tags: ["tlp:red"] } }]));
    ledger.hear(heardEvent(), told());
    ledger.published();
    ledger.now += 1_000;
    ledger.hear({ kind: "tag", on: "event", id: 1, eventId: 1, name: "tlp:red", attached: true });
    ledger.answer([aPublication({ tags: [] })], 500);
    ledger.reviewed();
    expect(ledger.standing()).toBe("filtered");
  });
});
