import { constants } from "node:buffer";
import { beforeEach, describe, expect, test } from "vitest";
import { noticesOf } from "../../src/courier/intake/topic-notices.ts";
import { readRecord, recordKey, recordOf } from "../../src/kafka/record.ts";
import type { Entry } from "../../src/model/delta.ts";
import type { Notice } from "../../src/model/notice.ts";
import { ALedger } from "../support/a-ledger.ts";
import { aView } from "../support/a-view.ts";
import { anEntry, anOrigin } from "../support/entries.ts";
import { ruleSettings } from "../support/rule-settings.ts";

const NOW = 1_800_000_000;
const recent = anOrigin({ timestamp: NOW - 100 });
let ledger: ALedger;

function recorded(origin: string, facts: Partial<Entry> = {}): Notice {
  const entry = anEntry({ origins: [recent], reference: NOW - 100, ...facts });
  const record = readRecord(recordKey(entry, origin), recordOf(entry, origin));
  if (typeof record === "string") throw new Error(record);
  return { kind: "record", record };
}

function gone(origin: string, value = "bad.example"): Notice {
  return { kind: "record-gone", name: recordKey({ type: "domain", value }, origin) };
}

function keyOf(origin: string): string {
  return recordKey({ type: "domain", value: "bad.example" }, origin);
}

/** What comes of records as they stand in a topic. */
function read(...records: { key: string | Buffer; value: string | Buffer | null }[]) {
  const bytes = (given: string | Buffer | null) => (typeof given === "string" ? Buffer.from(given) : given);
  return noticesOf(
    "misp.indicators",
    records.map(({ key, value }, n) => ({
      ...{ key: bytes(key), value: bytes(value), timestamp: "0", attributes: 0, offset: `${n}`, headers: {} },
    })),
  );
}

beforeEach(() => {
  const settings = ruleSettings();
  // As a forwarder has it: what is told is published.
  ledger = new ALedger({ ...settings, indicators: { ...settings.indicators, require_published: false } });
  ledger.now = NOW * 1000;
});

describe("what other couriers tell of", () => {
  test("holds an indicator up until the last of them lets go", () => {
    ledger.hear(recorded("one"), recorded("two"));
    ledger.hear(gone("one"));
    expect(ledger.standing()).toBeNull();
    ledger.hear(gone("two"));
    expect(ledger.standing()).toBe("unsupported");
  });

  test("comes and goes in any order, and as often as it likes, to the same end", () => {
    ledger.hear(gone("one"), recorded("one"), recorded("one"), gone("two"), gone("two"));
    expect(ledger.standing()).toBeNull();
    ledger.hear(gone("one"), recorded("two"), gone("one"));
    expect(ledger.standing()).toBeNull();
  });

  test("counts each attribute, and lets go of those that a record no longer names", () => {
    const other = anOrigin({ attributeUuid: "5f0b7d3e-0000-4000-8000-000000000002", comment: "SOC Exception" });
    ledger.hear(recorded("one", { origins: [recent, other] }));
    const supports = () =>
      ledger.report((report) => report.indicators(["bad.example"]).flatMap(({ id }) => report.supports(id)));
    expect(
      supports()
        .map(({ support }) => support.withheld)
        .sort(),
    ).toEqual(["exception", null].sort());
    ledger.hear(recorded("one", { origins: [other] }));
    expect(supports()).toHaveLength(1);
    expect(ledger.standing()).toBe("exception");
  });

  test("says nothing new when it is told again, so that no target hears of it", () => {
    ledger.hear(recorded("one"));
    const newest = ledger.ledger.deltas.newest();
    ledger.hear(recorded("one"));
    expect(ledger.ledger.deltas.newest()).toBe(newest);
  });

  test("has its score and the time of a thumbs-up from there, and MISP's own UUIDs", () => {
    ledger.hear(recorded("one", { score: 81, reference: NOW - 10 }));
    const view = aView({ shows: JSON.stringify, origins: true });
    ledger.ledger.deltas.register(view);
    const [{ lack } = {}] = ledger.ledger.deltas.scan(view, 0).comparisons;
    expect(lack).toMatchObject({ add: { score: 81, reference: NOW - 10 } });
    expect(lack).toMatchObject({
      add: { origins: [{ attributeUuid: recent.attributeUuid, eventUuid: recent.eventUuid, organisation: "CIRCL" }] },
    });
  });

  test("goes when a later reading of the topic no longer finds it, and nothing else does", () => {
    ledger.ledger.apply([recorded("one"), recorded("two", { value: "kept.example" })], { asked: 1 });
    ledger.ledger.apply([recorded("two", { value: "kept.example" })], { asked: 2 });
    ledger.ledger.followed.forgetUntold(2, 0, ledger.ledger.followed.last);
    expect(ledger.standing()).toBe("unsupported");
    expect(ledger.standing("kept.example")).toBeNull();
  });

  test("stays when a later reading of the topic finds something in its place that cannot be read", () => {
    ledger.ledger.apply([recorded("one"), recorded("two", { value: "left.example" })], { asked: 1 });
    const { notices } = read({ key: keyOf("one"), value: '{"schema": 2}' });
    ledger.ledger.apply(notices, { asked: 2 });
    ledger.ledger.followed.forgetUntold(2, 0, ledger.ledger.followed.last);
    expect(ledger.standing()).toBeNull();
    expect(ledger.standing("left.example")).toBe("unsupported");
  });

  test("counts also where what followed in the same portion cannot be read", () => {
    const { notices, unreadable } = read(
      { key: keyOf("one"), value: recordOf(anEntry({ origins: [recent], reference: NOW - 100 }), "one") },
      { key: keyOf("one"), value: "garbage" },
      { key: "nobody's", value: null },
    );
    ledger.hear(...notices);
    expect(ledger.standing()).toBeNull();
    expect(unreadable.map(({ excerpt }) => excerpt)).toEqual([`${keyOf("one")} garbage`, "nobody's "]);
    ledger.hear(...read({ key: keyOf("one"), value: "garbage" }, { key: keyOf("one"), value: null }).notices);
    expect(ledger.standing()).toBe("unsupported");
  });

  test("counts also beside a record that unfolded to more than a text can hold", () => {
    const endless = Buffer.alloc(constants.MAX_STRING_LENGTH + 1, 0);
    const { notices, unreadable } = read(
      { key: keyOf("one"), value: recordOf(anEntry({ origins: [recent], reference: NOW - 100 }), "one") },
      { key: keyOf("one"), value: endless },
      { key: endless, value: "garbage" },
    );
    ledger.hear(...notices);
    expect(ledger.standing()).toBeNull();
    expect(unreadable.map(({ reason }) => reason)).toEqual([
      "it is no JSON object",
      "its key is not an indicator's and an origin",
    ]);
  });

  test("counts not at all with a NUL character in its value: what stands before it, nobody told of", () => {
    const entry = anEntry({ value: "nul\0x.example", origins: [recent], reference: NOW - 100 });
    const { notices, unreadable } = read({ key: recordKey(entry, "one"), value: recordOf(entry, "one") });
    expect(notices).toEqual([{ kind: "record-unread", name: recordKey(entry, "one") }]);
    expect(unreadable.map(({ reason }) => reason)).toEqual(["value: has a NUL character"]);
  });

  test("stays when one lets go whose name begins another's, with the mark that ends names in the ledger", () => {
    ledger.hear(recorded("misp"), recorded("misp#2"), gone("misp"));
    expect(ledger.standing()).toBeNull();
    ledger.hear(recorded("misp"));
    const [one] = ledger.report((report) => report.indicators(["bad.example"]));
    expect(ledger.report((report) => report.supports(one?.id ?? 0))).toHaveLength(2);
    ledger.hear(gone("misp"), gone("misp#2"));
    expect(ledger.standing()).toBe("unsupported");
  });
});
