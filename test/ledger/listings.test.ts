import { beforeEach, describe, expect, test } from "vitest";
import { IGNORANCE } from "../../src/curation/knowledge.ts";
import { BEING_READ } from "../../src/ledger/events.ts";
import type { Notice } from "../../src/model/notice.ts";
import { ALedger, heardEvent, told } from "../support/a-ledger.ts";
import { anAttribute, NOW } from "../support/an-attribute.ts";
import { anEvent, aPublication } from "../support/an-event.ts";

const { uuid: EVENT } = anEvent();

let ledger: ALedger;
beforeEach(() => {
  ledger = new ALedger();
  ledger.hear(heardEvent(), told(), told({ id: 2, value: "other.example" }));
  ledger.published();
});

function contents(...ids: number[]): Notice {
  return { kind: "contents", id: 1, uuid: EVENT, attributes: new Set(ids.map((id) => anAttribute({ id }).uuid)) };
}

describe("the list of all attributes of an event", () => {
  test("takes off what is no longer in it", () => {
    ledger.now += 60_000;
    ledger.answer([contents(1)]);
    expect(ledger.standing()).toBeNull();
    expect(ledger.standing("other.example")).toBe("deleted");
  });

  test("says nothing of what was heard since it was asked for, or just before", () => {
    ledger.now += 60_000;
    ledger.hear(
      told({ timestamp: NOW + 60 }, "edit"),
      told({ id: 2, value: "other.example", timestamp: NOW + 60 }, "edit"),
    );
    ledger.now += 1_000;
    ledger.answer([contents()], 1_500);
    expect(ledger.standing()).toBeNull();
  });

  test("of an event that has the number of another says nothing of that one", () => {
    ledger.now += 60_000;
    ledger.answer([{ kind: "contents", id: 1, uuid: "ffffffff-0000-4000-8000-000000000001", attributes: new Set() }]);
    expect(ledger.standing()).toBeNull();
  });
});

describe("what MISP does not show of an event", () => {
  const [mine, closed, grouped] = [1, 2, 3].map((id) => anAttribute({ id }).uuid);
  const beside = (...shown: string[]) => ledger.ledger.eventListings.beside(1, new Set(shown));

  test("is missing, or hidden from our key where that is how far it goes", () => {
    ledger.hear(told({ id: 2, distribution: 0 }, "edit"), told({ id: 3, value: "grouped.example", distribution: 4 }));
    expect(beside()).toEqual({ missing: [mine], hidden: [closed, grouped] });
    expect(beside(`${mine}`, `${grouped}`)).toEqual({ missing: [], hidden: [closed] });
  });

  test("is not hidden where our own organisation created it", () => {
    const nothing = { values: null, organisations: new Set<string>(), voices: new Set<number>() };
    ledger.ledger.learn({ ...IGNORANCE, ownOrganisation: anEvent().creator.id }, {}, nothing);
    ledger.hear(told({ id: 2, distribution: 0 }, "edit"));
    expect(beside(`${mine}`)).toEqual({ missing: [closed], hidden: [] });
  });
});

describe("MISP's list of events", () => {
  const line = (id: number, state: string) => ({ id, uuid: anEvent({ id }).uuid, state, unsettled: false });
  const remember = (id: number, state: string) => ledger.answer([{ kind: "listed", ...line(id, state) }]);

  test("tells what is new or other than it was, and what is no longer there", () => {
    ledger.hear(heardEvent({ id: 2 }), heardEvent({ id: 3 }));
    for (const id of [1, 2, 3]) remember(id, "a");
    const { changed, vanished } = ledger.ledger.compare([line(1, "a"), line(2, "b"), line(4, "a")]);
    expect(changed.map(({ id }) => id)).toEqual([2, 4]);
    expect(vanished).toMatchObject([{ id: 3 }]);
  });

  test("tells of an event that has another number now, as its attributes have other numbers, too", () => {
    remember(1, "a");
    const { changed, vanished } = ledger.ledger.compare([{ ...line(1, "a"), id: 9 }]);
    expect({ changed, vanished }).toMatchObject({ changed: [{ id: 9 }], vanished: [] });
  });

  test("does not tell of events that are known to be deleted", () => {
    remember(1, "a");
    ledger.hear({ kind: "event-deleted", id: 1, uuid: EVENT });
    expect(ledger.ledger.compare([]).vanished).toEqual([]);
  });

  test("has no events without attributes: one that has lost them has not vanished, and is read again once it has some", () => {
    remember(1, "a");
    ledger.now += 60_000;
    ledger.answer([contents()]);
    expect(ledger.ledger.compare([])).toEqual({ changed: [], vanished: [], unconfirmed: [] });
    expect(ledger.ledger.compare([line(1, "a")]).changed).toHaveLength(1);
  });

  test("that lacks an event whose attributes were heard of just before leaves it in doubt", () => {
    remember(1, "a");
    ledger.now += 60_000;
    ledger.hear(told({ timestamp: NOW + 60 }, "edit"));
    ledger.now += 1_000;
    ledger.answer([contents()], 1_500);
    expect(ledger.ledger.compare([]).vanished).toMatchObject([{ id: 1 }]);
  });

  test("is read again where an answer says otherwise than what was heard just before, tags that a snapshot kept included", () => {
    remember(1, "a");
    ledger.now += 60_000;
    ledger.hear(told({ timestamp: NOW + 60, tags: ["tlp:red"] }, "edit"));
    ledger.hear(told({ timestamp: NOW + 61, tags: [] }, "snapshot"));
    ledger.now += 1_000;
    const answer = told({ timestamp: NOW + 61, tags: [] }, "answer");
    ledger.answer([{ kind: "listed", ...line(1, "b") }, answer]);
    expect(ledger.ledger.compare([line(1, "b")]).changed).toHaveLength(1);
    ledger.now += 4_000;
    // The second answer is as the first, which is believed by then.
    for (const _ of [1, 2]) {
      ledger.answer([{ kind: "listed", ...line(1, "b") }, answer]);
      expect(ledger.ledger.compare([line(1, "b")]).changed).toEqual([]);
    }
  });

  test("tells of events that only the feed spoke of, as long as they have attributes", () => {
    const { uuid } = anEvent({ id: 2 });
    ledger.hear(
      heardEvent({ id: 2, uuid }),
      told({ id: 3, eventId: 2, value: "heard.example" }),
      heardEvent({ id: 3 }),
    );
    expect(ledger.ledger.compare([]).unconfirmed).toEqual([{ id: 2, uuid }]);
    expect(ledger.ledger.compare([line(2, "a")]).unconfirmed).toEqual([]);
    ledger.now += 60_000;
    ledger.answer([{ kind: "contents", id: 2, uuid, attributes: new Set() }]);
    expect(ledger.ledger.compare([]).unconfirmed).toEqual([]);
  });

  test("that has an event again which seemed deleted brings it back, and asks for its sightings of all times", () => {
    ledger.hear({ kind: "event-deleted", id: 1, uuid: EVENT });
    ledger.reviewed();
    ledger.now += 1_000;
    ledger.published();
    expect(ledger.standing()).toBe("event_deleted");
    expect(ledger.ledger.sightingListings.incomplete).toBe(false);
    ledger.now += 60_000;
    ledger.published();
    expect(ledger.standing()).toBeNull();
    expect(ledger.ledger.sightingListings.incomplete).toBe(true);
  });

  test("is remembered over a restart, also of events of which nothing else is known", () => {
    remember(8, "a");
    ledger.reopen();
    expect(ledger.ledger.compare([line(8, "a")]).changed).toEqual([]);
  });
});

describe("an event that is read again because the list has it otherwise", () => {
  const line = { id: 1, uuid: EVENT, state: "b" };
  const begins: Notice = { kind: "listed", ...line, state: BEING_READ };
  const ends: Notice = { kind: "read", ...line };
  const changed = () => ledger.ledger.compare([{ ...line, unsettled: false }]).changed;

  beforeEach(() => {
    ledger.now += 60_000;
  });

  test("is as the list has it once all of it was told", () => {
    ledger.answer([begins, aPublication(), told({}, "answer"), contents(1, 2), ends]);
    expect(changed()).toEqual([]);
    ledger.answer([begins, told({}, "answer")]);
    expect(changed()).toHaveLength(1);
  });

  test("is read once more where the feed had just told of an attribute that is not there", () => {
    ledger.hear(told({ id: 3, value: "new.example" }));
    ledger.answer([begins, told({}, "answer"), contents(1, 2), ends]);
    expect(changed()).toHaveLength(1);
  });
});

describe("blind spells", () => {
  test("are to be made up for until a catch-up that began after them is through", () => {
    const { blindSpells } = ledger.ledger;
    expect(blindSpells.unrepaired).toBe(false);
    blindSpells.begin(100, "disconnected");
    blindSpells.begin(200, "silence");
    blindSpells.repair(250, { events: 1 }, 500);
    expect(blindSpells.unrepaired).toBe(true);
    blindSpells.end(300);
    blindSpells.repair(299, { events: 1 }, 500);
    expect(blindSpells.unrepaired).toBe(true);
    blindSpells.repair(301, { events: 1 }, 500);
    expect(blindSpells.unrepaired).toBe(false);
  });

  test("are made up for where a clock that was ahead says that they end in a time to come", () => {
    const { blindSpells } = ledger.ledger;
    blindSpells.begin(100, "silence");
    blindSpells.end(9_000);
    blindSpells.repair(250, { events: 1 }, 500);
    expect(blindSpells.unrepaired).toBe(false);
  });
});
