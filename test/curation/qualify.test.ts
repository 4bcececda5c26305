import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isTie, pictureOf, qualify, type Support } from "../../src/curation/qualify.ts";
import { compileRules } from "../../src/curation/rules.ts";
import { aSupport } from "../support/a-support.ts";
import { NOW } from "../support/an-attribute.ts";
import { ruleSettings } from "../support/rule-settings.ts";

const SHIPPED = compileRules(ruleSettings());
const MILLISECONDS = NOW * 1000;

function entering(support: Support, rules = SHIPPED, now = MILLISECONDS) {
  return qualify(support, support.attribute.type, false, false, rules, now);
}

function staying(support: Support, rules = SHIPPED, now = MILLISECONDS) {
  return qualify(support, support.attribute.type, false, true, rules, now);
}

test("an attribute that was published since its last change qualifies", () => {
  expect(entering(aSupport())).toBeNull();
});

describe("a removal never waits, and closes the door to additions, too", () => {
  test.for([
    ["deleted", aSupport({ deleted: true })],
    ["event_deleted", aSupport({}, { deleted: true })],
    ["to_ids", aSupport({ toIds: false })],
    ["exception", aSupport({ comment: "see soc exception 17" })],
  ] as const)("%s", ([reason, support]) => {
    const unpublished = { ...support, event: { ...support.event, publishedThrough: 0 } };
    for (const picture of [support, unpublished]) {
      expect(staying(picture)).toBe(reason);
      expect(entering(picture)).toBe(reason);
    }
  });

  test("an exception tag of the attribute or of its event, whatever its case", () => {
    const rules = compileRules(ruleSettings({ exceptions: { comment: null, tags: ["soc:exception*"] } }));
    expect(staying(aSupport({ tags: ["SOC:Exception-1"] }), rules)).toBe("exception");
    expect(staying(aSupport({}, { tags: ["soc:exception"] }), rules)).toBe("exception");
    expect(staying(aSupport({ comment: "SOC Exception" }), rules)).toBeNull();
  });

  test("a filter that turns on a tag of the attribute or of its event", () => {
    const rules = compileRules(ruleSettings({}, [{ not: { tags: ["tlp:red"] } }]));
    expect(staying(aSupport(), rules)).toBeNull();
    expect(staying(aSupport({ tags: ["tlp:red"] }), rules)).toBe("filtered");
    expect(staying(aSupport({}, { tags: ["tlp:red"] }), rules)).toBe("filtered");
  });

  test("a warninglist of role block that matches", () => {
    for (const before of [true, false]) {
      expect(qualify(aSupport(), "domain", true, before, SHIPPED, MILLISECONDS)).toBe("warninglist");
    }
  });

  test("an explicit unpublication, only where that is asked for", () => {
    const withdrawn = aSupport({}, { withdrawn: true });
    expect(staying(withdrawn)).toBeNull();
    expect(staying(withdrawn, compileRules(ruleSettings({ withdraw_on_unpublish: true })))).toBe("withdrawn");
  });
});

describe("an addition waits", () => {
  const edited = aSupport({ timestamp: NOW - 30, heard: MILLISECONDS - 30_000 });

  test("until its event is published after its last change", () => {
    expect(entering(edited)).toBe("unpublished");
    expect(entering(aSupport({}, { publishedThrough: 0 }))).toBe("unpublished");
  });

  test("while what was already out there stays through the edit", () => {
    expect(staying(edited)).toBeNull();
    expect(staying(aSupport({}, { publishedThrough: 0 }))).toBeNull();
  });

  test("not for publication where that is not required", () => {
    expect(entering(edited, compileRules(ruleSettings({ require_published: false })))).toBeNull();
  });

  test("for the tags that a rule looks at, no longer than they take, and only when nothing else stands against it", () => {
    const rules = compileRules(ruleSettings({}, [{ not: { tags: ["tlp:red"] } }]));
    const fresh = aSupport({ heard: MILLISECONDS });
    expect(entering(fresh, rules)).toBe("settling");
    expect(entering(fresh, rules, MILLISECONDS + rules.settle)).toBeNull();
    expect(staying(fresh, rules)).toBeNull();
    expect(entering(fresh)).toBeNull();
  });

  test("for the event's own facts where a rule looks at tags", () => {
    const rules = compileRules(ruleSettings({}, [{ not: { tags: ["tlp:red"] } }]));
    expect(entering(aSupport({}, { known: false }), rules)).toBe("event_unknown");
    expect(entering(aSupport({}, { known: false }))).toBeNull();
  });
});

describe("changed and published in the same second", () => {
  const tie = aSupport({ timestamp: NOW - 60, heard: MILLISECONDS - 60_000 }, { confirmed: MILLISECONDS - 60_500 });

  test("an attribute of a time to come is published once REST was asked that said so after it was heard", () => {
    const ahead = aSupport({ timestamp: NOW + 3_600, heard: MILLISECONDS - 60_000 });
    expect(entering(ahead)).toBeNull();
    expect(entering({ ...ahead, event: { ...ahead.event, confirmed: MILLISECONDS - 61_000 } })).toBe("unpublished");
    expect(entering({ ...ahead, event: { ...ahead.event, confirmed: 0 } })).toBe("unpublished");
  });

  test("what REST was asked by a clock that was ahead says nothing of what was changed since", () => {
    const ahead = MILLISECONDS + 2 * 86_400_000;
    const edited = aSupport({ timestamp: ahead / 1000 + 100, heard: MILLISECONDS - 60_000 }, { confirmed: ahead });
    expect(entering(edited)).toBe("unpublished");
    const together = { ...tie, event: { ...tie.event, confirmed: ahead } };
    expect(entering(together)).toBe("unpublished");
    expect(isTie(together, MILLISECONDS)).toBe(true);
  });

  test("an attribute heard after REST was asked still waits, and asking again can tell", () => {
    expect(entering(tie)).toBe("unpublished");
    expect(isTie(tie, MILLISECONDS)).toBe(true);
  });

  test("an attribute heard before REST was asked is published", () => {
    const confirmed = { ...tie, event: { ...tie.event, confirmed: MILLISECONDS - 59_000 } };
    expect(entering(confirmed)).toBeNull();
    expect(isTie(confirmed, MILLISECONDS)).toBe(false);
  });
});

test("an attribute is seen by no more than its event, and 5 means as its event", () => {
  const reach = (own: number, event: number) =>
    pictureOf(aSupport({ distribution: own }, { distribution: event }), "domain").distribution;
  expect(reach(5, 2)).toBe(2);
  expect(reach(0, 3)).toBe(0);
  expect(reach(3, 1)).toBe(1);
  expect(reach(4, 3)).toBe(4);
  expect(reach(1, 0)).toBe(0);
});

test("tags of the event and of the attribute are looked at together, each once", () => {
  const picture = pictureOf(aSupport({ tags: ["a", "b"] }, { tags: ["b", "c"] }), "domain");
  expect(picture.tags.toSorted()).toEqual(["a", "b", "c"]);
});

test("whatever is known, what is out there is never taken off for something that only additions wait for", () => {
  const waits = ["unpublished", "settling", "event_unknown"];
  const anything = fc.record({
    attribute: fc.record({ toIds: fc.boolean(), deleted: fc.boolean(), timestamp: fc.nat(9), heard: fc.nat(9) }),
    event: fc.record({
      deleted: fc.boolean(),
      known: fc.boolean(),
      withdrawn: fc.boolean(),
      publishedThrough: fc.nat(9),
      confirmed: fc.nat(9),
    }),
  });
  const rules = compileRules(ruleSettings({ withdraw_on_unpublish: true }, [{ not: { tags: ["tlp:red"] } }]));
  fc.assert(
    fc.property(anything, fc.nat(9_000), ({ attribute, event }, now) => {
      const support = aSupport(attribute, event);
      const stays = staying(support, rules, now);
      expect(waits).not.toContain(stays);
      if (stays !== null) expect(entering(support, rules, now)).toBe(stays);
    }),
  );
});
