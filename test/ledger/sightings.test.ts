import { beforeEach, describe, expect, test } from "vitest";
import { IGNORANCE } from "../../src/curation/knowledge.ts";
import { SightingType } from "../../src/model/misp.ts";
import { ALedger, heardEvent, sighted, told } from "../support/a-ledger.ts";
import { aSighting } from "../support/a-sighting.ts";
import { anAttribute, NOW } from "../support/an-attribute.ts";
import { anEvent } from "../support/an-event.ts";
import { DAY, ruleSettings } from "../support/rule-settings.ts";

const PAIR = { id: 7, type: "domain|ip", value: "bad.example|198.51.100.7" };

let ledger: ALedger;
beforeEach(() => {
  ledger = new ALedger();
  ledger.hear(heardEvent(), told(), told({ id: 2, type: "hostname" }), told({ id: 3, eventId: 2 }));
  ledger.published();
  ledger.published({ id: 2 });
});

test("a sighting of one attribute counts for its value everywhere", () => {
  ledger.hear(sighted({ attributeId: 3 }));
  expect(ledger.standing()).toBe("false_positive");
  expect(ledger.standing("bad.example", "hostname")).toBe("false_positive");
});

test("a sighting that is heard before its attribute counts as soon as that is there", () => {
  const about = { type: "domain", value: "LATE.example" };
  const questions = ledger.hear(sighted({ attributeId: 9, eventId: 5, about }));
  expect(questions).toMatchObject([{ eventId: 5, whole: true }]);
  ledger.hear(told({ id: 9, value: "late.example" }));
  ledger.published({ publishTimestamp: NOW });
  expect(ledger.standing("late.example")).toBe("false_positive");
});

test("a sighting that is heard before the edit that it followed counts for the new value, and no longer for the old", () => {
  ledger.hear(told({ id: 4, type: "hostname", value: "new.example" }), sighted({ date: NOW - 10 }));
  ledger.hear(told({ value: "new.example", timestamp: NOW - 30 }, "edit"));
  // The other attributes hold up the old value still.
  for (const type of ["domain", "hostname"]) expect(ledger.standing("bad.example", type)).toBeNull();
  expect(ledger.standing("new.example", "hostname")).toBe("false_positive");
  ledger.published({ timestamp: NOW - 30, publishTimestamp: NOW });
  expect(ledger.standing("new.example")).toBe("false_positive");
});

test("a sighting that is older than an edit stays with the value that it was of", () => {
  ledger.hear(sighted({ date: NOW - 50 }));
  ledger.hear(told({ value: "new.example", timestamp: NOW - 30 }, "edit"));
  ledger.published({ timestamp: NOW - 30, publishTimestamp: NOW });
  expect(ledger.standing("new.example")).toBeNull();
  expect(ledger.standing()).toBe("false_positive");
});

test("nor does it leave that value when MISP shows it after the edit", () => {
  ledger.hear(sighted({ date: NOW - 50 }));
  ledger.hear(told({ value: "new.example", timestamp: NOW - 30 }, "edit"));
  ledger.published({ timestamp: NOW - 30, publishTimestamp: NOW });
  ledger.now += 60_000;
  ledger.answer([{ kind: "sighting", sighting: aSighting({ date: NOW - 50 }), how: "answer" }]);
  expect(ledger.standing("new.example")).toBeNull();
  expect(ledger.standing()).toBe("false_positive");
  ledger.hear({ kind: "sighting-deleted", id: 1 });
  expect(ledger.standing()).toBeNull();
});

test("a sighting that is heard before the edit that made a pair of its value counts for that pair alone", () => {
  ledger.hear(sighted({ date: NOW - 10 }));
  expect(ledger.standing()).toBe("false_positive");
  ledger.hear(told({ ...PAIR, id: 1, timestamp: NOW - 30 }, "edit"));
  ledger.published({ timestamp: NOW - 30, publishTimestamp: NOW });
  expect(ledger.standing()).toBeNull();
  expect(ledger.standing(PAIR.value, PAIR.type)).toBe("false_positive");
});

test("a sighting that is heard before the edit that made one value of a pair counts for that value everywhere", () => {
  ledger.hear(told(PAIR));
  ledger.published({ publishTimestamp: NOW });
  ledger.hear(sighted({ attributeId: PAIR.id, date: NOW - 10 }));
  expect(ledger.standing()).toBeNull();
  ledger.hear(told({ id: PAIR.id, timestamp: NOW - 30 }, "edit"));
  expect(ledger.standing()).toBe("false_positive");
});

test("whoever gave a sighting did so also where MISP shows it without a name", () => {
  ledger.reopen(ruleSettings({ sightings: { false_positive: { orgs: 2, trusted: 1 } } }));
  ledger.hear(sighted(), sighted({ id: 2, organisationId: 3 }));
  expect(ledger.standing()).toBe("false_positive");
  ledger.now += 60_000;
  for (const id of [1, 2]) {
    ledger.answer([{ kind: "sighting", sighting: aSighting({ id, organisationId: 0 }), how: "answer" }]);
  }
  expect(ledger.standing()).toBe("false_positive");
});

test("what the courier wrote itself counts for nothing", () => {
  ledger.hear(sighted({ source: "misp-courier" }), sighted({ id: 2, source: "misp-courier:lists" }));
  expect(ledger.standing()).toBeNull();
});

describe("a number that a restored MISP gives to another sighting", () => {
  const other = { id: 4, value: "other.example" };

  beforeEach(() => {
    ledger.hear(told(other), sighted());
    ledger.published({ publishTimestamp: NOW });
    ledger.answer([{ kind: "sighting", sighting: aSighting(), how: "answer" }]);
  });

  test("is of that one from then on, heard or listed", () => {
    ledger.hear(sighted({ attributeId: 4, date: NOW - 5 }));
    expect([ledger.standing(), ledger.standing("other.example")]).toEqual([null, "false_positive"]);
    ledger.now += 60_000;
    ledger.answer([{ kind: "sighting", sighting: aSighting({ date: NOW - 4 }), how: "answer" }]);
    expect([ledger.standing(), ledger.standing("other.example")]).toEqual(["false_positive", null]);
  });

  test("is of that one also where the first was deleted", () => {
    ledger.hear({ kind: "sighting-deleted", id: 1 }, sighted({ attributeId: 4 }));
    expect([ledger.standing(), ledger.standing("other.example")]).toEqual([null, "false_positive"]);
  });

  test("is told apart by its type alone, or its date alone", () => {
    ledger.hear(sighted({ id: 2, type: SightingType.seen, date: NOW - 9 }));
    expect(ledger.standing()).toBeNull();
    ledger.hear(sighted({ date: NOW - 8 }));
    expect(ledger.standing()).toBe("false_positive");
    ledger.hear(sighted({ type: SightingType.seen, date: NOW - 8 }));
    expect(ledger.standing()).toBeNull();
  });

  test("brings a value back where it is the courier's own", () => {
    ledger.hear(sighted({ attributeId: 4, source: "misp-courier" }));
    expect([ledger.standing(), ledger.standing("other.example")]).toEqual([null, null]);
  });
});

test("a date in the future does not outvote everybody until then", () => {
  ledger.hear(sighted({ date: NOW + 400 * DAY }));
  expect(ledger.standing()).toBe("false_positive");
  ledger.now += 60_000;
  ledger.hear(sighted({ id: 2, type: SightingType.seen, date: NOW + 61 }));
  expect(ledger.standing()).toBeNull();
});

test.each([
  ["down", SightingType.falsePositive, SightingType.seen, null],
  ["up", SightingType.seen, SightingType.falsePositive, "false_positive"],
] as const)(
  "a thumbs-%s with a date in the future gives way to the next word, a second later",
  (_, first, second, standing) => {
    ledger.hear(sighted({ type: first, date: NOW + 3_600 }));
    ledger.now += 1_000;
    ledger.hear(sighted({ id: 2, type: second, date: NOW + 1 }));
    expect(ledger.standing()).toBe(standing);
  },
);

describe("where MISP's clock is ahead", () => {
  const down = (date: number, id = 1) => aSighting({ id, date });
  const up = (date: number, id = 2) => aSighting({ id, type: SightingType.seen, date });
  const shown = (sighting: ReturnType<typeof aSighting>) => ({ kind: "sighting", sighting, how: "answer" }) as const;

  test("by seconds, what was said last decides, though both were heard of at once", () => {
    ledger.hear(sighted(down(NOW + 5)), sighted(up(NOW + 6)));
    expect(ledger.standing()).toBeNull();
  });

  test("by minutes, the order in which they were heard of decides, also after MISP has shown them again", () => {
    ledger.hear(sighted(down(NOW + 600)));
    ledger.now += 2_000;
    ledger.hear(sighted(up(NOW + 602)));
    expect(ledger.standing()).toBeNull();
    ledger.now += 60_000;
    ledger.answer([shown(down(NOW + 600)), shown(up(NOW + 602))]);
    expect(ledger.standing()).toBeNull();
  });
});

test("an organisation's second expiration of an attribute takes the place of its first, as in MISP, without a word", () => {
  ledger.hear(sighted({ type: SightingType.expired, date: NOW - 5 }));
  ledger.hear(sighted({ id: 2, type: SightingType.expired, date: NOW - 20 }));
  ledger.hear(sighted({ id: 3, type: SightingType.seen, date: NOW - 10 }));
  expect(ledger.standing()).toBeNull();
});

test("expirations of two organisations stand beside each other", () => {
  ledger.hear(sighted({ type: SightingType.expired, date: NOW - 5 }));
  ledger.hear(sighted({ id: 2, type: SightingType.expired, date: NOW - 20, organisationId: 9 }));
  ledger.hear(sighted({ id: 3, type: SightingType.seen, date: NOW - 10 }));
  expect(ledger.standing()).toBe("expired_sighting");
});

test("a thumbs-up renews the TTL from its date on and brings back what had run out", () => {
  ledger.pass(31 * DAY);
  expect(ledger.standing()).toBe("expired");
  ledger.hear(sighted({ type: SightingType.seen, date: NOW + 30 * DAY }));
  expect(ledger.standing()).toBeNull();
  ledger.pass(28 * DAY);
  expect(ledger.standing()).toBeNull();
  ledger.pass(1 * DAY);
  expect(ledger.standing()).toBe("expired");
});

describe("a sighting of a composite attribute counts for that one support", () => {
  beforeEach(() => {
    ledger.hear(told(PAIR));
    ledger.published();
  });

  test("whose parts and pair it takes off where nothing else holds them up", () => {
    ledger.hear(sighted({ attributeId: 7 }));
    expect(ledger.standing("198.51.100.7", "ip")).toBe("false_positive");
    expect(ledger.standing("bad.example|198.51.100.7", "domain|ip")).toBe("false_positive");
    expect(ledger.standing()).toBeNull();
  });

  test("and no longer once it is deleted, or outvoted on the same attribute", () => {
    ledger.hear(
      sighted({ attributeId: 7 }),
      sighted({ id: 2, attributeId: 7, type: SightingType.seen, date: NOW - 5 }),
    );
    expect(ledger.standing("198.51.100.7", "ip")).toBeNull();
    ledger.hear({ kind: "sighting-deleted", id: 2 });
    expect(ledger.standing("198.51.100.7", "ip")).toBe("false_positive");
    ledger.hear({ kind: "sighting-deleted", id: 1 });
    expect(ledger.standing("198.51.100.7", "ip")).toBeNull();
  });

  test("while a thumb on a simple attribute counts for the value of a part", () => {
    ledger.hear(sighted());
    expect(ledger.standing()).toBe("false_positive");
    expect(ledger.standing("198.51.100.7", "ip")).toBeNull();
  });
});

describe("a sighting that is gone", () => {
  test("does not come back with a late message, but where REST, asked well after, tells of it", () => {
    ledger.hear(sighted(), { kind: "sighting-deleted", id: 1 });
    ledger.now += 10_000;
    ledger.hear(sighted());
    expect(ledger.standing()).toBeNull();
    ledger.answer([{ kind: "sighting", sighting: aSighting(), how: "answer" }]);
    expect(ledger.standing()).toBe("false_positive");
  });

  test("with its attribute does not count when it is heard of after that, unless REST tells of it", () => {
    ledger.hear({ kind: "attribute-erased", id: 1, uuid: anAttribute().uuid, eventId: 1 }, sighted());
    expect(ledger.standing()).toBeNull();
    ledger.answer([{ kind: "sighting", sighting: aSighting(), how: "answer" }]);
    expect(ledger.standing()).toBe("false_positive");
  });

  test("with its event no longer counts, nor when it is heard of after that", () => {
    ledger.hear(sighted());
    ledger.hear({ kind: "event-deleted", id: 1, uuid: anEvent().uuid });
    ledger.reviewed();
    expect(ledger.standing()).toBeNull();
    ledger.hear(sighted({ id: 2 }));
    expect(ledger.standing()).toBeNull();
  });
});

describe("REST's list of all sightings of a span that the key may see", () => {
  const shown = { kind: "sighting", sighting: aSighting(), how: "answer" } as const;
  const listed = (...ids: number[]) =>
    ({ kind: "sightings-listed", from: NOW - 100, to: NOW, ids: new Set(ids), whole: false }) as const;

  test("takes back what REST has shown before and no longer does", () => {
    ledger.answer([shown]);
    ledger.now += 10_000;
    ledger.answer([listed(1)]);
    expect(ledger.standing()).toBe("false_positive");
    ledger.answer([listed()]);
    expect(ledger.standing()).toBeNull();
  });

  test("takes back what REST has shown before, though the feed told of it once more", () => {
    ledger.answer([shown]);
    ledger.hear(sighted());
    ledger.now += 10_000;
    ledger.answer([listed()]);
    expect(ledger.standing()).toBeNull();
  });

  test("leaves in doubt what was heard of just before it, until it is asked for again", () => {
    ledger.answer([shown]);
    ledger.now += 1_000;
    ledger.answer([listed()]);
    expect(ledger.standing()).toBe("false_positive");
    expect(ledger.ledger.sightingListings.doubted).toBe(1);
    ledger.now += 10_000;
    ledger.answer([listed()]);
    expect(ledger.standing()).toBeNull();
    expect(ledger.ledger.sightingListings.doubted).toBe(0);
  });

  test("takes back what the feed alone has told of, where the key may see everybody's", () => {
    ledger.hear(sighted());
    ledger.now += 10_000;
    ledger.answer([{ ...listed(), whole: true }]);
    expect(ledger.standing()).toBeNull();
  });

  test.for([
    ["is our own", aSighting().organisationId],
    ["was given to an event of our own", anEvent().creator.id],
  ] as const)("takes back what the feed alone has told of, where it %s", ([, ownOrganisation]) => {
    const nothing = { values: null, organisations: new Set<string>(), voices: new Set<number>() };
    ledger.ledger.learn({ ...IGNORANCE, ownOrganisation }, {}, nothing);
    ledger.hear(sighted());
    ledger.now += 10_000;
    ledger.answer([listed()]);
    expect(ledger.standing()).toBeNull();
  });

  test("says nothing of sightings that the key was never shown, or of other days", () => {
    ledger.hear(sighted());
    ledger.now += 10_000;
    ledger.answer([listed()]);
    expect(ledger.standing()).toBe("false_positive");
    ledger.answer([shown, { ...listed(), to: NOW - 50 }]);
    expect(ledger.standing()).toBe("false_positive");
  });
});
