import { describe, expect, test } from "vitest";
import {
  type CurationRules,
  type EventToCurate,
  type Gates,
  planCuration,
  type TrustLevel,
} from "../../src/curation/curate-event.ts";

const HIGH = 'admiralty-scale:source-reliability="a"';
const MEDIUM = 'admiralty-scale:source-reliability="c"';
const INCOMPLETE = 'workflow:state="incomplete"';
const COMPLETE = 'workflow:state="complete"';
const OPEN: Gates = { min_attributes: 1, max_warninglist_hits: null, tlp: null };

function plan(event: Partial<EventToCurate>, trust: Partial<TrustLevel> = {}, gates: Partial<Gates> = {}) {
  const rules: CurationRules = { trustTags: [HIGH, MEDIUM], gates: { ...OPEN, ...gates } };
  const whole = { published: false, attributes: 3, tags: [], warninglistHits: 0, ...event };
  return planCuration(whole, { tag: HIGH, publish: true, ...trust }, rules);
}

const local = (...names: string[]) => names.map((name) => ({ name, local: true }));
const global = (...names: string[]) => names.map((name) => ({ name, local: false }));
const attach = (tag: string) => ({ do: "attach", tag });
const detach = (tag: string) => ({ do: "detach", tag });
const publish = { do: "publish" };

describe("an event of a trusted organisation", () => {
  test.each([
    ["gets the tag of that trust, then is published", {}, [attach(HIGH), publish]],
    ["that has all of it already gets nothing", { tags: local(HIGH), published: true }, []],
    ["keeps the tag that its author gave it", { tags: global(HIGH), published: true }, []],
    ["has the same tag in other capitals", { tags: local(HIGH.toUpperCase()), published: true }, []],
    ["loses the local tags of other trust", { tags: local(MEDIUM), published: true }, [attach(HIGH), detach(MEDIUM)]],
    [
      "changes from incomplete to complete",
      { tags: local(HIGH, INCOMPLETE) },
      [attach(COMPLETE), detach(INCOMPLETE), publish],
    ],
    [
      "that has both states only loses incomplete",
      { tags: local(HIGH, COMPLETE, INCOMPLETE), published: true },
      [detach(INCOMPLETE)],
    ],
    ["keeps a state that is neither", { tags: local(HIGH, 'workflow:state="draft"'), published: true }, []],
  ])("%s", (_, event, steps) => {
    expect(plan(event)).toEqual({ steps, notes: [], closed: [] });
  });

  test("keeps global tags, of which it is noted why", () => {
    const { steps, notes } = plan({ tags: global(MEDIUM, INCOMPLETE), published: true });
    expect(steps).toEqual([attach(HIGH)]);
    expect(notes).toEqual([expect.stringContaining(MEDIUM), expect.stringContaining(INCOMPLETE)]);
  });

  test("loses a tag that several other levels have once", () => {
    const rules: CurationRules = { trustTags: [HIGH, MEDIUM, MEDIUM.toUpperCase()], gates: OPEN };
    const event = { published: true, attributes: 3, warninglistHits: 0, tags: local(MEDIUM) };
    expect(planCuration(event, { tag: HIGH, publish: true }, rules).steps).toEqual([attach(HIGH), detach(MEDIUM)]);
  });

  test("is not published where its trust does not say so", () => {
    expect(plan({}, { publish: false }).steps).toEqual([attach(HIGH)]);
  });

  test("has the same tag where the configuration writes it in capitals", () => {
    expect(plan({ tags: local(HIGH), published: true }, { tag: HIGH.toUpperCase() }).steps).toEqual([]);
  });

  test("loses the tags of other trust where its own has none", () => {
    expect(plan({ tags: local(MEDIUM) }, { tag: undefined }).steps).toEqual([detach(MEDIUM), publish]);
  });
});

describe("a gate keeps from publication", () => {
  test.each<[string, Partial<EventToCurate>, Partial<Gates>, string]>([
    ["too few attributes", { attributes: 1 }, { min_attributes: 2 }, "1 attributes are fewer than 2"],
    ["an empty event, unless set otherwise", { attributes: 0 }, {}, "0 attributes are fewer than 1"],
    [
      "warninglist hits",
      { warninglistHits: 3 },
      { max_warninglist_hits: 2 },
      "warninglists warn of 3 of its attributes",
    ],
    ["hits that nobody knows yet", { warninglistHits: null }, { max_warninglist_hits: 2 }, "not all of its attributes"],
    ["another TLP", { tags: global("TLP:AMBER") }, { tlp: ["clear", "Green"] }, "its TLP is amber"],
    ["one of two TLPs", { tags: global("tlp:green", "tlp:red") }, { tlp: ["green"] }, "its TLP is green, red"],
    ["no TLP", {}, { tlp: ["green"] }, "it has no TLP"],
  ])("%s", (_, event, gates, reason) => {
    const { steps, closed } = plan(event, {}, gates);
    expect(steps).toEqual([attach(HIGH)]);
    expect(closed).toEqual([expect.stringContaining(reason)]);
  });

  test("nothing that it allows", () => {
    const event = { attributes: 2, warninglistHits: 2, tags: [...local(HIGH), ...global("tlp:green")] };
    expect(plan(event, {}, { min_attributes: 2, max_warninglist_hits: 2, tlp: ["GREEN"] }).steps).toEqual([publish]);
  });

  test("and is not asked about what is published", () => {
    expect(plan({ published: true, attributes: 0 }).closed).toEqual([]);
  });
});
