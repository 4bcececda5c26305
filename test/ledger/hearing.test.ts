import { beforeEach, describe, expect, test } from "vitest";
import { SightingType } from "../../src/model/misp.ts";
import { ALedger, heardEvent, sighted, told } from "../support/a-ledger.ts";
import { anAttribute, NOW } from "../support/an-attribute.ts";
import { anEvent, aPublication, publishedWith } from "../support/an-event.ts";
import { ruleSettings } from "../support/rule-settings.ts";

const { uuid: ATTRIBUTE } = anAttribute();
const { uuid: EVENT } = anEvent();
/** A second after the attribute of these tests was last changed. */
const LATER = NOW - 3_599;

let ledger: ALedger;
beforeEach(() => {
  ledger = new ALedger();
});

/** An attribute of an event that REST knows to be published. */
function active(facts: Parameters<typeof told>[0] = {}): void {
  ledger.hear(heardEvent(), told(facts));
  ledger.published();
}

describe("an object that was edited", () => {
  const edited = { kind: "object-edited", eventId: 1 } as const;

  test("has its event read again, now and at the next catch-up, since MISP tells of it before it has saved it", () => {
    active();
    const listed = { id: 1, uuid: EVENT, state: "1" };
    ledger.answer([{ kind: "listed", ...listed }], 5_000);
    expect(ledger.hear(edited)).toEqual([{ eventId: 1, uuid: EVENT, whole: true, published: false }]);
    expect(ledger.ledger.compare([{ ...listed, unsettled: false }]).changed).toHaveLength(1);
  });

  test("of an event that nobody has heard of is no question", () => {
    expect(ledger.hear(edited)).toEqual([]);
  });
});

describe("an addition", () => {
  test("waits for REST to confirm the publication", () => {
    ledger.hear(heardEvent(), told());
    expect(ledger.standing()).toBe("unpublished");
    expect(ledger.hear(publishedWith(ATTRIBUTE))).toEqual([{ eventId: 1, uuid: EVENT, whole: false, published: true }]);
    expect(ledger.standing()).toBe("unpublished");
    ledger.published();
    expect(ledger.standing()).toBeNull();
  });

  test("is not taken at the word of a feed that says published", () => {
    const questions = ledger.hear(heardEvent({ published: true, timestamp: NOW }), told());
    expect(ledger.standing()).toBe("unpublished");
    expect(questions).toMatchObject([{ eventId: 1, published: true }]);
  });

  test("is not published by the snapshot of a publication that carries the times of before", () => {
    ledger.hear({ kind: "event", event: anEvent({ publishTimestamp: 0 }), how: "snapshot" }, told({}, "snapshot"));
    expect(ledger.standing()).toBe("unpublished");
  });

  test("to a published event waits for its next publication", () => {
    active();
    ledger.hear(told({ id: 2, value: "new.example", timestamp: NOW - 30 }));
    expect(ledger.standing("new.example")).toBe("unpublished");
    ledger.now += 10_000;
    ledger.published({ publishTimestamp: NOW + 5 });
    expect(ledger.standing("new.example")).toBeNull();
  });

  test("in the second of the publication waits until REST was asked after it was heard", () => {
    const timestamp = NOW - 60;
    const questions = ledger.hear(heardEvent(), told({ timestamp }));
    expect(questions).toEqual([]);
    ledger.answer([aPublication({ publishTimestamp: timestamp })], 500);
    ledger.reviewed();
    expect(ledger.standing()).toBe("unpublished");
    ledger.now += 500;
    ledger.published({ publishTimestamp: timestamp });
    expect(ledger.standing()).toBeNull();
  });

  test("to an event that REST no longer calls published waits also where MISP's clock is ahead", () => {
    active();
    ledger.now += 10_000;
    const timestamp = NOW + 3_600;
    const edited = { kind: "event", event: anEvent({ timestamp, publishTimestamp: NOW - 60 }), how: "answer" } as const;
    ledger.answer([edited, told({ id: 2, value: "new.example", timestamp }, "answer")]);
    expect(ledger.standing("new.example")).toBe("unpublished");
    ledger.published({ timestamp, publishTimestamp: timestamp });
    expect(ledger.standing("new.example")).toBeNull();
  });

  test("whose event was never heard of asks for the event", () => {
    expect(ledger.hear(told())).toMatchObject([{ eventId: 1, uuid: EVENT }]);
    expect(ledger.hear(told())).toEqual([]);
    ledger.published();
    expect(ledger.standing()).toBeNull();
  });

  test("to an event that only MISP's list has told of asks for it as well", () => {
    ledger.answer([{ kind: "listed", id: 1, uuid: EVENT, state: "1" }]);
    expect(ledger.hear(told())).toMatchObject([{ eventId: 1, uuid: EVENT }]);
  });

  test("whose message lacks its event asks for it, and is judged once it is known", () => {
    const bare = { kind: "attribute", attribute: anAttribute(), event: undefined, how: "add" } as const;
    expect(ledger.hear(bare)).toMatchObject([{ eventId: 1 }]);
    ledger.published();
    expect(ledger.standing()).toBeNull();
  });
});

describe("a publication that leaves an attribute out", () => {
  const asksForAll = [{ eventId: 1, uuid: EVENT, whole: true, published: true }];

  test("makes up for a deletion that was lost: REST is asked for the whole event", () => {
    ledger.hear(heardEvent(), told(), told({ id: 2, value: "other.example" }));
    ledger.pass(10);
    expect(ledger.hear(publishedWith(anAttribute({ id: 2 }).uuid))).toEqual(asksForAll);
    const contents = {
      kind: "contents",
      id: 1,
      uuid: EVENT,
      attributes: new Set([anAttribute({ id: 2 }).uuid]),
    } as const;
    ledger.answer([aPublication(), contents]);
    ledger.reviewed();
    expect(ledger.standing()).toBe("deleted");
    expect(ledger.standing("other.example")).toBeNull();
  });

  test("says nothing of one that was added, edited or deleted since", () => {
    ledger.hear(heardEvent(), told({ timestamp: LATER }), told({ id: 2, value: "other.example" }));
    ledger.hear({ kind: "attribute-erased", id: 2, uuid: anAttribute({ id: 2 }).uuid, eventId: 1 });
    expect(ledger.hear(publishedWith())).toMatchObject([{ whole: false, published: true }]);
  });
});

describe("what takes an active indicator off at once", () => {
  beforeEach(() => active());

  test("a soft delete, and a restore that is published brings it back", () => {
    ledger.hear(told({ deleted: true, timestamp: LATER }, "edit"));
    expect(ledger.standing()).toBe("deleted");
    ledger.hear(told({ timestamp: LATER + 1 }, "edit"));
    ledger.published({ timestamp: LATER + 1, publishTimestamp: NOW });
    expect(ledger.standing()).toBeNull();
  });

  test("a soft delete that leaves nothing of the attribute but its UUID", () => {
    const bare = { type: "comment", value: "deleted", category: "Other", toIds: false, deleted: true };
    ledger.hear(told({ ...bare, timestamp: LATER }, "edit"));
    expect(ledger.standing()).toBe("unsupported");
  });

  test("a hard delete without its event, even if MISP has numbered anew", () => {
    ledger.hear({ kind: "attribute-erased", id: 77, uuid: ATTRIBUTE, eventId: 1 });
    expect(ledger.standing()).toBe("deleted");
  });

  test("a hard delete that does not even name its event", () => {
    ledger.hear({ kind: "attribute-erased", id: 1, uuid: ATTRIBUTE, eventId: 0 });
    expect(ledger.standing()).toBe("deleted");
  });

  test("the deletion of its event, of which nothing but the number and the UUID is told", () => {
    ledger.hear({ kind: "event-deleted", id: 1, uuid: EVENT });
    ledger.reviewed();
    expect(ledger.standing()).toBe("event_deleted");
  });

  test("to_ids cleared", () => {
    ledger.hear(told({ toIds: false, timestamp: LATER }, "edit"));
    expect(ledger.standing()).toBe("to_ids");
  });

  test("another value: the old one is off at once, the new one waits for its publication", () => {
    ledger.hear(told({ value: "new.example", timestamp: LATER }, "edit"));
    expect(ledger.standing()).toBe("unsupported");
    ledger.published({ timestamp: LATER, publishTimestamp: NOW });
    expect(ledger.standing("new.example")).toBeNull();
  });

  test("an exception comment", () => {
    ledger.hear(told({ comment: "SOC exception, see 4711", timestamp: LATER }, "edit"));
    expect(ledger.standing()).toBe("exception");
  });

  test("a thumbs-down, and it is back when that is deleted", () => {
    ledger.hear(sighted());
    expect(ledger.standing()).toBe("false_positive");
    ledger.hear({ kind: "sighting-deleted", id: 1 });
    expect(ledger.standing()).toBeNull();
  });

  test("an expiration, until a later thumbs-up", () => {
    ledger.hear(sighted({ type: SightingType.expired }));
    expect(ledger.standing()).toBe("expired_sighting");
    ledger.hear(sighted({ id: 2, type: SightingType.seen, date: NOW - 9 }));
    expect(ledger.standing()).toBeNull();
  });
});

test("what was published once stays out there through an edit of its comment", () => {
  active();
  ledger.hear(told({ comment: "seen again", timestamp: LATER }, "edit"), heardEvent({ timestamp: LATER }));
  ledger.reviewed();
  expect(ledger.standing()).toBeNull();
});

test("with several supports it goes only when the last one goes", () => {
  active();
  ledger.hear(told({ id: 2, eventId: 2 }), told({ id: 3, eventId: 2 }));
  ledger.published({ id: 2 });
  ledger.hear({ kind: "attribute-erased", id: 1, uuid: ATTRIBUTE, eventId: 1 });
  expect(ledger.standing()).toBeNull();
  ledger.hear(told({ id: 2, eventId: 2, toIds: false, timestamp: LATER }, "edit"));
  expect(ledger.standing()).toBeNull();
  ledger.hear({ kind: "event-deleted", id: 2, uuid: anEvent({ id: 2 }).uuid });
  ledger.reviewed();
  expect(ledger.standing()).toBe("event_deleted");
});

describe("an explicit unpublication", () => {
  const unpublished = heardEvent({ published: false, publishTimestamp: NOW - 60 });

  test("takes it off only where that is asked for", () => {
    active();
    ledger.hear(unpublished);
    ledger.reviewed();
    expect(ledger.standing()).toBeNull();
  });

  test("until it is published again", () => {
    ledger = new ALedger(ruleSettings({ withdraw_on_unpublish: true }));
    active();
    ledger.hear(unpublished);
    ledger.reviewed();
    expect(ledger.standing()).toBe("withdrawn");
    ledger.published({ publishTimestamp: NOW - 5 });
    expect(ledger.standing()).toBeNull();
  });

  test.each(["answer", "heard"] as const)(
    "until a publication that an edit had taken back before anybody told of it (%s)",
    (how) => {
      ledger = new ALedger(ruleSettings({ withdraw_on_unpublish: true }));
      active();
      ledger.hear(unpublished);
      ledger.reviewed();
      const event = anEvent({ published: false, publishTimestamp: NOW - 30, timestamp: NOW - 20 });
      ledger.hear({ kind: "event", event, how });
      ledger.reviewed();
      expect(ledger.standing()).toBeNull();
    },
  );

  test("is not over with a publication before it, which only now is heard of", () => {
    ledger = new ALedger(ruleSettings({ withdraw_on_unpublish: true }));
    active();
    ledger.hear(unpublished);
    const event = anEvent({ published: false, publishTimestamp: NOW - 60, timestamp: NOW - 3_600 });
    for (const how of ["snapshot", "heard", "answer"] as const) ledger.hear({ kind: "event", event, how });
    ledger.reviewed();
    expect(ledger.standing()).toBe("withdrawn");
  });

  test("is not over with an edit after it", () => {
    ledger = new ALedger(ruleSettings({ withdraw_on_unpublish: true }));
    active();
    ledger.hear(unpublished, heardEvent({ published: false, publishTimestamp: NOW - 60, timestamp: NOW - 30 }));
    ledger.reviewed();
    expect(ledger.standing()).toBe("withdrawn");
  });

  test("is not what an edit does", () => {
    ledger = new ALedger(ruleSettings({ withdraw_on_unpublish: true }));
    active();
    ledger.hear(heardEvent({ published: false, publishTimestamp: NOW - 60, timestamp: NOW - 30 }));
    ledger.reviewed();
    expect(ledger.standing()).toBeNull();
  });
});

test("an event is as its newest edit told, and not as one did that is heard of after it", () => {
  ledger = new ALedger(ruleSettings({}, [{ not: { distributions: [0] } }]));
  active();
  ledger.hear(heardEvent({ distribution: 0, timestamp: NOW - 10 }));
  ledger.reviewed();
  expect(ledger.standing()).toBe("filtered");
  ledger.hear(heardEvent({ distribution: 3, timestamp: NOW - 20 }));
  ledger.reviewed();
  expect(ledger.standing()).toBe("filtered");
});
