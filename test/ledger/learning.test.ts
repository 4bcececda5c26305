import { beforeEach, describe, expect, test } from "vitest";
import { compilingKnowledge, type Knowledge } from "../../src/curation/knowledge.ts";
import { finish } from "../../src/curation/warninglists/compilation.ts";
import type { Warninglist } from "../../src/curation/warninglists/warninglist.ts";
import type { Touched } from "../../src/ledger/relearning.ts";
import type { Notice } from "../../src/model/notice.ts";
import { aWarninglist } from "../curation/warninglists/a-warninglist.ts";
import { ALedger, heardEvent, sighted, told } from "../support/a-ledger.ts";
import { NOW } from "../support/an-attribute.ts";
import { diff, touches } from "../support/list-changes.ts";
import { DAY, ruleSettings } from "../support/rule-settings.ts";

const OWN = 1;
const FRIEND = { id: 5, uuid: "7c9b4a2e-1111-4b6e-9d2e-5d5d5d5d5d5d", name: "Friends" };
const TRUSTED = aWarninglist({ name: "friends", entries: [`org_uuid:${FRIEND.uuid}`] });
const NOTHING: Touched = { values: null, organisations: new Set(), voices: new Set() };

function knowing(lists: readonly Warninglist[], ownOrganisation: number | null = OWN): Knowledge {
  const trust = [{ list: "friends", score: 100, publish: false }];
  return finish(compilingKnowledge(lists, { roles: {}, trust, prefix: "org_uuid:" }, ownOrganisation));
}

let ledger: ALedger;

describe("a list that changes", () => {
  const values = Array.from({ length: 2_100 }, (_, number) => `host${number}.example`);

  beforeEach(() => {
    ledger = new ALedger();
    ledger.hear(heardEvent(), ...values.map((value, id) => told({ id: id + 1, value })));
    ledger.published();
  });

  test.each([
    ["few", ["host7.example", "host2099.example"]],
    ["more than one slice takes", values.slice(0, 600)],
  ])("has exactly those judged again that it can touch: %s", (_, entries) => {
    const lists = [aWarninglist({ type: "hostname", entries })];
    const tests = diff([], lists).map(touches);
    const before = ledger.report((report) => report.indicators(values).map(({ revision }) => revision));
    ledger.ledger.learn(knowing(lists), {}, { ...NOTHING, values: (type, value) => tests.some((t) => t(type, value)) });
    expect(ledger.reviewed()).toBe(entries.length);
    const rows = ledger.report((report) => report.indicators(values));
    expect(rows.filter(({ withheld }) => withheld === "warninglist").map(({ value }) => value)).toEqual(entries);
    expect(rows.filter(({ revision }, index) => revision !== before[index])).toHaveLength(entries.length);
  });

  test("whose review a crash cut short has everything judged again", () => {
    const lists = [aWarninglist({ type: "hostname", entries: ["host2099.example"] })];
    ledger.ledger.learn(knowing(lists), {}, { ...NOTHING, values: () => true });
    ledger.ledger.review();
    ledger.reopen();
    ledger.ledger.learn(knowing(lists), {}, NOTHING);
    ledger.reviewed();
    expect(ledger.standing("host2099.example")).toBe("warninglist");
  });
});

describe("under a quorum", () => {
  const base = ruleSettings();
  const QUORUM = { false_positive: { orgs: 3, trusted: 1 } };
  const settings = { ...base, indicators: { ...base.indicators, sightings: QUORUM } };

  beforeEach(() => {
    ledger = new ALedger(settings);
    ledger.ledger.learn(knowing([]), {}, NOTHING);
    ledger.hear(
      heardEvent(),
      told(),
      told({ id: 2, value: "other.example" }),
      told({ id: 3, type: "domain|ip", value: "pair.example|198.51.100.7" }),
    );
    ledger.published();
    ledger.hear(sighted({ organisationId: FRIEND.id }), sighted({ id: 2, attributeId: 3, organisationId: FRIEND.id }));
    expect(ledger.standing()).toBeNull();
  });

  const learn = (knowledge: Knowledge, touched: Partial<Touched>) => {
    ledger.ledger.learn(knowledge, {}, { ...NOTHING, ...touched });
    return ledger.reviewed();
  };

  test("what an organisation said counts for more as soon as it is trusted, and for less when it no longer is", () => {
    ledger.hear({ kind: "organisation", organisation: FRIEND });
    expect(learn(knowing([TRUSTED]), { organisations: new Set([FRIEND.uuid]) })).toBe(2);
    expect(ledger.standing()).toBe("false_positive");
    expect(ledger.standing("pair.example")).toBe("false_positive");
    expect(ledger.standing("other.example")).toBeNull();
    learn(knowing([]), { organisations: new Set([FRIEND.uuid]) });
    expect(ledger.standing()).toBeNull();
  });

  test("what it said counts as soon as it is known who that was", () => {
    learn(knowing([TRUSTED]), { organisations: new Set([FRIEND.uuid]) });
    expect(ledger.standing()).toBeNull();
    expect(ledger.ledger.knowsOrganisation(FRIEND.id)).toBe(false);
    ledger.hear({ kind: "organisation", organisation: FRIEND });
    learn(knowing([TRUSTED]), { voices: new Set([FRIEND.id]) });
    expect(ledger.standing()).toBe("false_positive");
  });

  test("what the own organisation said decides as soon as it is known which that is", () => {
    learn(knowing([], FRIEND.id), { voices: new Set([OWN, FRIEND.id]) });
    expect(ledger.standing()).toBe("false_positive");
  });
});

describe("an organisation that says false positive of everything", () => {
  const many = Array.from({ length: 300 }, (_, number) => number + 100);
  const values = many.map((id) => `v${id}.example`);
  const down = () => {
    const rows = ledger.report((report) => report.indicators(values));
    return rows.filter(({ withheld }) => withheld === "false_positive").length;
  };
  const says = (organisationId: number, first: number, what = many, date = (_: number) => ledger.now / 1000) =>
    what.map((id) => sighted({ id: id + first, attributeId: id, organisationId, date: date(id) }));

  beforeEach(() => {
    ledger = new ALedger();
    ledger.ledger.learn(knowing([]), {}, NOTHING);
    ledger.hear(heardEvent(), ...many.map((id, index) => told({ id, value: values[index] ?? "" })));
    ledger.published();
  });

  test("cannot empty a list: after two hundred it is not heard for the rest of an hour", () => {
    ledger.hear(...says(66, 0));
    expect(down()).toBe(200);
    ledger.pass(3_601);
    ledger.hear(...says(66, 1_000, many.slice(200)));
    expect(down()).toBe(300);
  });

  test("is heard in all that it said in the course of weeks, though that is learned at once", () => {
    const daily = says(66, 0, many, (id) => NOW - (id % 10) * DAY);
    ledger.answer(daily.map((notice) => ({ ...notice, how: "answer" }) as Notice));
    expect(down()).toBe(300);
  });

  test("may do so where it is the own", () => {
    ledger.hear(...says(OWN, 0));
    expect(down()).toBe(300);
  });
});
