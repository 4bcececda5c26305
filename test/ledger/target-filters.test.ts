import { beforeEach, expect, test } from "vitest";
import { compileFilter, type FilterRule } from "../../src/curation/filter.ts";
import type { TargetView } from "../../src/ledger/delta/step.ts";
import { SightingType } from "../../src/model/misp.ts";
import { ALedger, heardEvent, sighted, told } from "../support/a-ledger.ts";
import { aView } from "../support/a-view.ts";
import { NOW } from "../support/an-attribute.ts";
import { DAY, ruleSettings } from "../support/rule-settings.ts";

const OURS = { id: 2, uuid: "eeeeeeee-0000-4000-8000-000000000002", info: "what we alone know", distribution: 0 };
const FOR_ALL: FilterRule[] = [{ distributions: [3] }];

/** One beyond the own organisation. */
const partner = aView({
  rules: { filter: compileFilter(FOR_ALL) },
  shows: ({ origins, expires }) => JSON.stringify([origins, expires]),
  origins: true,
});

let ledger: ALedger;

/** A value is to come in two events, of which the partner may know one. */
beforeEach(() => {
  const { ttl } = ruleSettings().indicators;
  ledger = new ALedger(ruleSettings(), undefined, [{ ttl, min_score: 0, filter: FOR_ALL }]);
  ledger.hear(heardEvent(), heardEvent(OURS));
});

function publish() {
  ledger.published();
  ledger.published(OURS);
}

/** What a target that holds nothing yet is to be given. */
function given(view: TargetView) {
  const { deltas } = ledger.ledger;
  deltas.register(view);
  return deltas.scan(view, 0).comparisons.flatMap(({ lack }) => (lack && "add" in lack ? [lack.add] : []));
}

test("a target is shown nothing of the events that its own filter does not let it see", () => {
  ledger.hear(told({ comment: "for all" }), told({ id: 2, eventId: 2, comment: "for us" }, "add", OURS));
  publish();
  const comments = (view: TargetView) => given(view).map(({ origins }) => origins.map(({ comment }) => comment));
  expect(comments(partner)).toEqual([["for all"]]);
  expect(comments(aView({ name: "own", origins: true }))).toEqual([["for all", "for us"]]);
});

test("a thumbs-up renews what a target sees, also where something that it does not see is newer still", () => {
  const [old, seen, newest] = [NOW - 40 * DAY, NOW - 10 * DAY, NOW - 5 * DAY];
  ledger.hear(told({ timestamp: old }), told({ id: 2, eventId: 2, timestamp: newest }, "add", OURS));
  publish();
  expect(given(partner)).toEqual([]);
  ledger.hear(sighted({ type: SightingType.seen, date: seen }));
  expect(given(partner).map(({ expires }) => expires)).toEqual([seen + 30 * DAY]);
});

test("a target hears of the moment when the TTL of what it sees runs out, though something else lives on", () => {
  ledger.hear(told({ timestamp: NOW - 29 * DAY }), told({ id: 2, eventId: 2 }, "add", OURS));
  publish();
  expect(given(partner)).toHaveLength(1);
  const { deltas } = ledger.ledger;
  const newest = deltas.newest();
  ledger.pass(DAY);
  expect(deltas.changedAfter(newest)).toHaveLength(1);
  expect(given(partner)).toEqual([]);
});
