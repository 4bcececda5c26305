import { beforeEach, describe, expect, test } from "vitest";
import type { Notice } from "../../src/model/notice.ts";
import { ALedger, heardEvent, told } from "../support/a-ledger.ts";
import { anAttribute, NOW } from "../support/an-attribute.ts";
import { anEvent, aPublication, publishedWith } from "../support/an-event.ts";
import { ruleSettings } from "../support/rule-settings.ts";

const NOT_RED = [{ not: { tags: ["tlp:red"] } }];

function tag(on: "event" | "attribute", name: string, attached = true): Notice {
  return { kind: "tag", on, id: 1, eventId: 1, name, attached };
}

let ledger: ALedger;
beforeEach(() => {
  ledger = new ALedger(ruleSettings({ exceptions: { comment: null, tags: ["soc:exception"] } }, NOT_RED));
});

/** An attribute of a published event whose tags have had the time to come. */
function active(): void {
  ledger.hear(heardEvent(), told());
  ledger.published();
  ledger.pass(3);
  expect(ledger.standing()).toBeNull();
}

describe("a rule that looks at tags", () => {
  test("decides on the joined picture, not on the first message", () => {
    ledger.hear(heardEvent(), told());
    ledger.published();
    expect(ledger.standing()).toBe("settling");
    ledger.hear(tag("event", "TLP:RED"));
    ledger.pass(3);
    expect(ledger.standing()).toBe("filtered");
  });

  test("waits for the event's own facts, and no longer than tags take", () => {
    ledger.hear(told());
    expect(ledger.standing()).toBe("unpublished");
    ledger.published();
    expect(ledger.standing()).toBe("settling");
    ledger.pass(1);
    expect(ledger.standing()).toBe("settling");
    ledger.pass(1);
    expect(ledger.standing()).toBeNull();
  });

  test("does not wait with what only REST has told", () => {
    ledger.answer([aPublication(), told({ tags: [] }, "answer")]);
    expect(ledger.standing()).toBeNull();
  });

  test.for(["event", "attribute"] as const)(
    "takes off at once what gets such a tag, and the tag of an %s goes again",
    (on) => {
      active();
      ledger.hear(tag(on, "tlp:red"));
      ledger.reviewed();
      expect(ledger.standing()).toBe("filtered");
      ledger.hear(tag(on, "tlp:red", false));
      ledger.pass(3);
      expect(ledger.standing()).toBeNull();
    },
  );

  test("puts nothing on for the sake of a tag that took the publication back", () => {
    ledger = new ALedger(ruleSettings({}, [{ tags: ["tlp:green"] }]));
    ledger.hear(heardEvent(), told());
    ledger.published();
    ledger.pass(3);
    expect(ledger.standing()).toBe("filtered");
    ledger.hear(tag("attribute", "tlp:green"));
    expect(ledger.standing()).toBe("settling");
    ledger.hear(told({ tags: ["tlp:green"], timestamp: NOW + 10 }, "edit"));
    ledger.pass(3);
    expect(ledger.standing()).toBe("unpublished");
  });

  test("has REST asked for a tagged attribute that was changed in the second of the publication", () => {
    ledger = new ALedger(ruleSettings({}, [{ tags: ["tlp:green"] }]));
    ledger.hear(heardEvent(), told());
    ledger.published({ publishTimestamp: anAttribute().timestamp, timestamp: anAttribute().timestamp });
    expect(ledger.hear(tag("attribute", "tlp:green"))).toMatchObject([{ eventId: 1 }]);
    ledger.pass(3);
    expect(ledger.standing()).toBe("unpublished");
    ledger.published({ publishTimestamp: anAttribute().timestamp, timestamp: anAttribute().timestamp });
    ledger.pass(3);
    expect(ledger.standing()).toBeNull();
  });

  test("takes off what gets an exception tag", () => {
    active();
    ledger.hear(tag("attribute", "SOC:exception"));
    expect(ledger.standing()).toBe("exception");
  });

  test("hears of tags in an edit of the event", () => {
    active();
    ledger.hear(heardEvent({ tags: ["tlp:red"], timestamp: NOW }));
    ledger.reviewed();
    expect(ledger.standing()).toBe("filtered");
    ledger.hear(heardEvent({ tags: [], timestamp: NOW }));
    ledger.pass(3);
    expect(ledger.standing()).toBeNull();
  });

  test("has the tags that REST tells of, once it is asked after the last that was heard", () => {
    active();
    ledger.pass(3);
    ledger.published({ tags: ["tlp:red"] });
    expect(ledger.standing()).toBe("filtered");
    ledger.published({ tags: [] });
    ledger.pass(3);
    expect(ledger.standing()).toBeNull();
  });

  test("hears of tags in an edit of the attribute, which without any says that there are none", () => {
    active();
    ledger.hear(told({ tags: ["tlp:red"] }, "edit"));
    expect(ledger.standing()).toBe("filtered");
    ledger.hear(told({ tags: [] }, "edit"));
    ledger.pass(3);
    expect(ledger.standing()).toBeNull();
  });
});

test("a tag with a numerical value changes the score, and no longer does once it is gone", () => {
  active();
  const score = () => ledger.report((report) => report.indicators(["bad.example"])[0]?.score);
  expect(score()).toBe(50);
  ledger.hear(tag("event", 'admiralty-scale:source-reliability="e"'));
  ledger.reviewed();
  expect(score()).toBeLessThan(50);
  ledger.hear(tag("event", 'admiralty-scale:source-reliability="e"', false));
  ledger.reviewed();
  expect(score()).toBe(50);
});

test("a publication leaves out the tags that are not exportable, which stay", () => {
  active();
  ledger.hear(tag("event", "tlp:red"));
  ledger.hear({ kind: "event", event: anEvent({ tags: ["other"] }), how: "snapshot" }, told({ tags: [] }, "snapshot"));
  ledger.reviewed();
  expect(ledger.standing()).toBe("filtered");
});

test.for([
  ["event", { kind: "event", event: anEvent({ tags: ["tlp:red"] }), how: "snapshot" }],
  ["attribute", told({ tags: ["tlp:red"] }, "snapshot")],
] as const)("a publication brings a tag of the %s whose own message was lost", ([, publication]) => {
  active();
  ledger.hear(publication);
  ledger.reviewed();
  expect(ledger.standing()).toBe("filtered");
});

describe("only REST can tell", () => {
  test("what belongs to an event or an attribute that a tag names by a number that says nothing yet", () => {
    expect(ledger.hear(tag("event", "a"))).toEqual([{ eventId: 1, uuid: undefined, whole: true, published: false }]);
    expect(ledger.hear(tag("attribute", "a"))).toEqual([
      { eventId: 1, uuid: undefined, whole: true, published: false },
    ]);
  });

  test("what a pulled event is, which comes under its UUID alone", () => {
    const { uuid } = anEvent();
    expect(ledger.hear({ kind: "pulled", uuid })).toMatchObject([{ eventId: 0, uuid, published: true }]);
  });

  test("and a question that comes up many times in a batch is one, asking for all of it", () => {
    const { uuid } = anEvent();
    const published = publishedWith(anAttribute().uuid);
    const questions = ledger.hear(heardEvent({ published: true }), told(), published, published);
    expect(questions).toEqual([{ eventId: 1, uuid, whole: false, published: true }]);
    expect(ledger.hear()).toEqual([]);
  });
});
