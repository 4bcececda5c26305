import { getEventListeners } from "node:events";
import { beforeEach, describe, expect, test } from "vitest";
import { Auditor, type Repair } from "../../src/delivery/auditor.ts";
import type { Step } from "../../src/ledger/delta/step.ts";
import type { Indicator } from "../../src/model/indicator.ts";
import { type Found, NotNow } from "../../src/targets/target.ts";
import { ALane, until } from "../support/a-lane.ts";
import { ALedger, heardEvent, sighted, told } from "../support/a-ledger.ts";
import { ATarget } from "../support/a-target.ts";
import { aView } from "../support/a-view.ts";
import { anEntry } from "../support/entries.ts";

/** A target that can be read back; its holdings can be tampered with. */
class AReadableTarget extends ATarget {
  /** What somebody else put there. */
  readonly others: string[] = [];
  /** Called after each page of one. */
  onPage: () => void = () => {};
  alias?: (indicator: Indicator) => Indicator;

  async *list(): AsyncGenerator<readonly Found[]> {
    for (const { type, value } of [...this.held.values()]) {
      yield [{ indicator: { type, value }, label: value, shows: null }];
      this.onPage();
    }
    for (const label of this.others) yield [{ indicator: null, label, shows: null }];
  }
}

let ledger: ALedger;
let target: AReadableTarget;
let lane: ALane;
let auditor: Auditor;

beforeEach(async () => {
  ledger = new ALedger();
  ledger.hear(heardEvent(), ...Array.from({ length: 10 }, (_, n) => told({ id: n + 1, value: `d${n + 1}.example` })));
  ledger.published();
  target = new AReadableTarget();
  const { deltas, holdings } = ledger.ledger;
  lane = await ALane.open(ledger, target, { delivered: (_, step) => auditor.delivered(step) });
  const exclusively = lane.lane.exclusively.bind(lane.lane);
  auditor = new Auditor({ view: aView(), target, deltas, holdings, clock: () => ledger.now, exclusively });
  lane.lane.wake();
  await until(() => target.held.size === 10 && ledger.ledger.deltas.lag("lists") === 0);
  target.tries.length = 0;
});

const audit = (repair: Repair = "nothing") => auditor.audit(repair, new AbortController().signal);

describe("an audit", () => {
  test("of a target that holds all that it should finds nothing", async () => {
    expect(await audit()).toMatchObject({ target: "lists", found: 10, held: 10, missing: 0, stale: 0, extra: 0 });
  });

  test("leaves nothing behind that waits for the courier's end", async () => {
    const { signal } = new AbortController();
    await auditor.audit("nothing", signal);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test("finds what the target lost, and changes nothing unless it is asked to", async () => {
    for (const value of ["d1.example", "d2.example"]) target.held.delete(value);
    const drift = await audit();
    expect(drift).toMatchObject({ found: 8, missing: 2 });
    expect(drift.examples.missing).toEqual(["domain d1.example", "domain d2.example"]);
    expect(await audit()).toMatchObject({ missing: 2 });
    expect(target.tries).toEqual([]);
  });

  test("fills a target again that shrank to half, and takes its loss for no word about the indicators", async () => {
    for (let n = 1; n <= 5; n += 1) target.held.delete(`d${n}.example`);
    await audit("lost");
    await until(() => target.held.size === 10);
    expect(target.tries.map(({ add, renew, remove }) => [add.length, renew.length, remove.length])).toEqual([
      [5, 0, 0],
    ]);
    for (let n = 1; n <= 10; n += 1) expect(ledger.standing(`d${n}.example`)).toBeNull();
    expect(await audit()).toMatchObject({ found: 10, missing: 0 });
  });

  test("fills one again that was emptied", async () => {
    target.held.clear();
    await audit("lost");
    await until(() => target.held.size === 10);
  });

  test("does not send again what is no longer wanted", async () => {
    target.held.delete("d1.example");
    ledger.hear(sighted({ attributeId: 1 }));
    await audit("lost");
    await until(() => ledger.ledger.deltas.lag("lists") === 0);
    expect(target.values).not.toContain("d1.example");
  });

  test("leaves alone what others put there, whether or not the target can tell", async () => {
    target.others.push("by.rule");
    target.held.set("by.hand", anEntry({ value: "by.hand" }));
    const drift = await audit("all");
    expect(drift).toMatchObject({ foreign: 2, extra: 0, missing: 0 });
    expect(drift.examples.foreign.sort()).toEqual(["by.hand", "by.rule"]);
    await lane.lane.exclusively(() => {});
    expect(target.tries).toEqual([]);
  });

  test("takes off what came back although it was withdrawn, when a person asks for it", async () => {
    const entry = target.held.get("d1.example");
    ledger.hear(sighted({ attributeId: 1 }));
    lane.lane.wake();
    await until(() => !target.held.has("d1.example") && ledger.ledger.deltas.lag("lists") === 0);
    if (entry) target.held.set("d1.example", entry);
    expect(await audit("lost")).toMatchObject({ extra: 1, examples: { extra: ["d1.example"] } });
    expect(target.held.has("d1.example")).toBe(true);
    await audit("all");
    await until(() => !target.held.has("d1.example"));
  });

  test("is not misled by what is delivered while it reads", async () => {
    target.onPage = () => {
      target.onPage = () => {};
      ledger.hear(sighted({ attributeId: 9 }));
      lane.lane.wake();
    };
    const drift = await audit("lost");
    await until(() => !target.held.has("d9.example"));
    expect(drift).toMatchObject({ missing: 0, extra: 0 });
    expect(target.held.size).toBe(9);
  });

  test("expects nothing of what is delivered while it reads, and was not there yet", async () => {
    target.held.delete("d9.example");
    target.onPage = () => auditor.delivered({ holdings: [{ id: 9 }] } as unknown as Step);
    expect(await audit()).toMatchObject({ found: 9, held: 9, missing: 0 });
  });

  test("expects nothing of what is in doubt, as a delivery of it failed, and counts it where it is there", async () => {
    const { holdings } = ledger.ledger;
    holdings.distrust("lists", { lost: [], doubtful: [8, 9] });
    target.held.delete("d9.example");
    expect(await audit()).toMatchObject({ found: 9, held: 9, missing: 0 });
  });

  test("of a target that cannot be read to its end changes nothing", async () => {
    target.onPage = () => {
      throw new NotNow("the line went dead");
    };
    await expect(audit("all")).rejects.toThrow(NotNow);
    expect(ledger.ledger.deltas.lag("lists")).toBe(0);
    expect(target.tries).toEqual([]);
  });

  test("finds a thing under the one name that the target has for several spellings", async () => {
    ledger.hear(
      told({ id: 20, type: "url", value: "http://a.example/X" }),
      told({ id: 21, type: "url", value: "http://a.example/x" }),
    );
    ledger.published();
    lane.lane.wake();
    await until(() => target.held.size === 12);
    target.alias = ({ type, value }) => ({ type, value: value.toLowerCase() });
    target.held.delete("http://a.example/x");
    expect(await audit()).toMatchObject({ missing: 0, extra: 0, foreign: 0 });
    target.held.delete("http://a.example/X");
    expect(await audit()).toMatchObject({ missing: 2 });
  });

  test("that is ended does not wait for its lane", async () => {
    target.behaviour = () => new Promise(() => {});
    ledger.hear(sighted({ attributeId: 1 }));
    lane.lane.wake();
    await until(() => target.tries.length === 1);
    const stop = new AbortController();
    const reading = auditor.audit("lost", stop.signal);
    target.onPage = () => stop.abort();
    await expect(reading).rejects.toThrow();
  });
});

test("an audit leaves alone what is of no type that the target takes: another target may keep it in the same place", async () => {
  const shared = new AReadableTarget();
  const view = aView({ name: "domains", rules: { types: new Set(["domain"]) } });
  const { deltas, holdings } = ledger.ledger;
  const domains = await ALane.open(ledger, shared, { view });
  ledger.hear(told({ id: 20, type: "url", value: "http://a.example/" }));
  ledger.published();
  domains.lane.wake();
  await until(() => shared.held.size === 10 && deltas.lag("domains") === 0);
  shared.held.set("http://a.example/", anEntry({ type: "url", value: "http://a.example/" }));
  const exclusively = domains.lane.exclusively.bind(domains.lane);
  const shareholder = new Auditor({ view, target: shared, deltas, holdings, clock: () => ledger.now, exclusively });
  shared.tries.length = 0;
  const drift = await shareholder.audit("all", new AbortController().signal);
  expect(drift).toMatchObject({ found: 11, held: 10, missing: 0, extra: 0, foreign: 1 });
  await domains.lane.exclusively(() => {});
  expect(shared.tries).toEqual([]);
});
