import { describe, expect, test } from "vitest";
import type { Notice } from "../../src/model/notice.ts";
import { ALedger, heardEvent, told } from "../support/a-ledger.ts";
import { NOW } from "../support/an-attribute.ts";
import { anEvent, aPublication } from "../support/an-event.ts";
import { DAY, ruleSettings } from "../support/rule-settings.ts";

function many(count: number, facts: Parameters<typeof told>[0] = {}): Notice[] {
  return Array.from({ length: count }, (_, index) => told({ id: index + 1, value: `d${index + 1}.example`, ...facts }));
}

function active(ledger: ALedger): number {
  return ledger.report((report) => report.summary().active);
}

describe("judging again", () => {
  test("goes on in slices, and after a restart where it was", () => {
    const ledger = new ALedger();
    ledger.hear(heardEvent(), ...many(600));
    ledger.answer([aPublication()]);
    expect(ledger.ledger.review()).toMatchObject({ more: true });
    const first = active(ledger);
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(600);
    expect(ledger.report((report) => report.summary().reviewing)).toBe(true);
    ledger.reopen();
    expect(active(ledger)).toBe(first);
    expect(ledger.reviewed()).toBe(600 - first);
    expect(active(ledger)).toBe(600);
    expect(ledger.report((report) => report.summary().reviewing)).toBe(false);
  });

  test("happens to everything under new rules, and to nothing under the old ones", () => {
    const ledger = new ALedger();
    ledger.hear(
      heardEvent(),
      ...many(300),
      heardEvent({ id: 2 }),
      told({ id: 900, eventId: 2, type: "url", value: "u" }),
    );
    ledger.published();
    ledger.published({ id: 2 });
    ledger.reopen();
    expect(ledger.reviewed()).toBe(0);
    ledger.reopen(ruleSettings({}, [{ types: ["url"] }]));
    expect(ledger.reviewed()).toBe(301);
    expect(active(ledger)).toBe(1);
    expect(ledger.standing("d7.example")).toBe("filtered");
    ledger.reopen(ruleSettings());
    ledger.reviewed();
    expect(active(ledger)).toBe(301);
  });

  test("is not asked for by an event that came before its attributes, nor by a word of REST that is no news to them", () => {
    const ledger = new ALedger();
    ledger.answer([{ kind: "listed", id: 1, uuid: anEvent().uuid, state: "new" }]);
    ledger.answer([aPublication(), ...many(3)]);
    expect(ledger.reviewed()).toBe(0);
    ledger.now += 1_000;
    ledger.answer([aPublication()]);
    expect(ledger.reviewed()).toBe(0);
    expect(active(ledger)).toBe(3);
  });

  test("is asked for where REST's word decides between times of the same second", () => {
    const ledger = new ALedger();
    ledger.answer([aPublication()]);
    ledger.hear(told({ timestamp: NOW - 60 }));
    expect(ledger.standing()).toBe("unpublished");
    ledger.now += 1_000;
    ledger.answer([aPublication()]);
    expect(ledger.reviewed()).toBe(1);
    expect(ledger.standing()).toBeNull();
  });

  test("follows the clock: a TTL that runs out is news that MISP never tells", () => {
    const ledger = new ALedger();
    ledger.hear(
      heardEvent(),
      told({ timestamp: NOW - 29 * DAY }),
      told({ id: 2, type: "md5", value: "a1".repeat(16) }),
    );
    ledger.published();
    ledger.pass(DAY - 1);
    expect(ledger.standing()).toBeNull();
    ledger.pass(1);
    expect(ledger.standing()).toBe("expired");
    expect(ledger.reviewed()).toBe(0);
    ledger.pass(900 * DAY);
    expect(ledger.standing("a1".repeat(16), "md5")).toBeNull();
  });

  test("counts a TTL from last_seen where that is later", () => {
    const ledger = new ALedger();
    ledger.hear(heardEvent(), told({ timestamp: NOW - 29 * DAY, lastSeen: NOW - DAY }));
    ledger.published();
    ledger.pass(28 * DAY);
    expect(ledger.standing()).toBeNull();
    ledger.pass(DAY);
    expect(ledger.standing()).toBe("expired");
  });

  test("counts a TTL anew from an edit", () => {
    const ledger = new ALedger();
    ledger.hear(heardEvent(), told({ timestamp: NOW - 29 * DAY }));
    ledger.published();
    ledger.hear(told({ timestamp: NOW }, "edit"));
    ledger.pass(30 * DAY - 1);
    expect(ledger.standing()).toBeNull();
    ledger.pass(1);
    expect(ledger.standing()).toBe("expired");
  });

  test("of many that run out at once goes on in slices", () => {
    const ledger = new ALedger();
    ledger.hear(heardEvent(), ...many(600));
    ledger.published();
    ledger.now += 40 * DAY * 1000;
    expect(ledger.ledger.review()).toMatchObject({ judged: 250, more: true });
    ledger.reviewed();
    expect(active(ledger)).toBe(0);
  });
});

describe("a batch is saved as a whole or not at all", () => {
  /** Stands for a bug of ours in the middle of a batch. */
  const impossible: Notice = {
    kind: "pulled",
    get uuid(): string {
      throw new Error("a bug");
    },
  };

  test("and what it would have said can be said again", () => {
    const ledger = new ALedger();
    ledger.hear(heardEvent());
    ledger.published();
    const revision = ledger.ledger.deltas.newest();
    const batch = [heardEvent({ id: 2 }), told(), told({ id: 2, eventId: 2, value: "other.example" })];
    const facts = { heard: "5" };
    expect(() => ledger.ledger.apply([...batch, impossible], { facts })).toThrow("a bug");
    expect(ledger.standing()).toBeUndefined();
    expect(ledger.ledger.fact("heard")).toBeUndefined();
    expect(ledger.ledger.deltas.newest()).toBe(revision);
    ledger.ledger.apply(batch, { facts });
    expect(ledger.standing()).toBeNull();
    expect(ledger.standing("other.example")).toBe("unpublished");
    expect(ledger.ledger.fact("heard")).toBe("5");
    ledger.published({ id: 2 });
    expect(ledger.standing("other.example")).toBeNull();
  });

  test("and a known attribute is as it was", () => {
    const ledger = new ALedger();
    ledger.hear(heardEvent(), told());
    ledger.published();
    expect(() => ledger.hear(told({ toIds: false, timestamp: NOW }, "edit"), impossible)).toThrow("a bug");
    ledger.hear(told({ comment: "x", timestamp: NOW - 5 }, "edit"));
    expect(ledger.standing()).toBeNull();
  });
});

test("everything is there again after a restart", () => {
  const ledger = new ALedger();
  ledger.hear(heardEvent(), told());
  ledger.published();
  ledger.hear(told({ id: 2, value: "off.example", toIds: false }));
  ledger.reopen();
  expect(ledger.standing()).toBeNull();
  ledger.hear(told({ deleted: true, timestamp: NOW }, "edit"));
  expect(ledger.standing()).toBe("deleted");
  expect(ledger.standing("off.example")).toBe("to_ids");
});

test("facts are saved beside what they are the facts of", () => {
  const ledger = new ALedger();
  ledger.ledger.apply([told()], { facts: { cursor: "17", other: "a" } });
  ledger.ledger.apply([], { facts: { cursor: "18" } });
  ledger.reopen();
  expect([ledger.ledger.fact("cursor"), ledger.ledger.fact("other"), ledger.ledger.fact("none")]).toEqual([
    "18",
    "a",
    undefined,
  ]);
});

test("of messages that could not be read the newest hundred are kept", () => {
  const ledger = new ALedger();
  for (let count = 0; count < 250; count += 1) {
    ledger.now += 1;
    ledger.ledger.unreadable.keep({ topic: "misp_json_event", reason: `reason ${count}`, excerpt: "{" }, count);
  }
  const { unreadableMessages } = ledger.report((report) => report.summary());
  expect(unreadableMessages.map(({ reason }) => reason)).toEqual([249, 248, 247, 246, 245].map((n) => `reason ${n}`));
});
