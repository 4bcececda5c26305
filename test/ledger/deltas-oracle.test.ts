import fc from "fast-check";
import { expect, test } from "vitest";
import { gather } from "../../src/delivery/gather.ts";
import type { TargetView } from "../../src/ledger/delta/step.ts";
import type { Delta } from "../../src/model/delta.ts";
import { SightingType } from "../../src/model/misp.ts";
import { runs } from "../model/runs.ts";
import { ALedger, sighted, told } from "../support/a-ledger.ts";
import { ATarget } from "../support/a-target.ts";
import { aView } from "../support/a-view.ts";
import { anAttribute } from "../support/an-attribute.ts";
import { anEvent } from "../support/an-event.ts";
import { ruleSettings } from "../support/rule-settings.ts";

/** Six attributes: three values, each with two supports, one in event 1 and one in event 2. */
const ATTRIBUTES = [1, 2, 3, 4, 5, 6];
const TYPES = ["domain", "url", "domain"] as const;
const typeOf = (id: number) => TYPES[id % 3] ?? "domain";
const valueBy = (id: number) => `${id % 3}.example`;
const eventOf = (id: number) => (id <= 3 ? 1 : 2);

type Operation =
  | { tell: number; toIds: boolean }
  | { erase: number }
  | { deleteEvent: number }
  | { thumb: number; up: boolean }
  | { deliver: "recorded" | "failed" | "failed, with effect"; limit: number }
  | { restart: boolean };

/** What should be held, by the rules read word for word. */
class Oracle {
  readonly #toIds = new Map<number, boolean>();
  readonly #erased = new Set<number>();
  readonly #deletedEvents = new Set<number>();
  /** In the order in which they were given. */
  readonly #thumbs: { id: number; up: boolean }[] = [];
  onlyUrls = false;

  tell(id: number, toIds: boolean): void {
    this.#toIds.set(id, toIds);
  }

  erase(id: number): void {
    if (this.#toIds.has(id)) this.#erased.add(id);
  }

  /** An event that was never heard of cannot be remembered as deleted. */
  deleteEvent(event: number): void {
    if ([...this.#toIds.keys()].some((id) => eventOf(id) === event)) this.#deletedEvents.add(event);
  }

  thumb(id: number, up: boolean): void {
    if (this.#toIds.has(id)) this.#thumbs.push({ id, up });
  }

  #isThere(id: number): boolean {
    return !this.#erased.has(id) && !this.#deletedEvents.has(eventOf(id));
  }

  /** The thumbs of what is gone are gone with it. */
  #isDown(value: string): boolean {
    return this.#thumbs.findLast(({ id }) => valueBy(id) === value && this.#isThere(id))?.up === false;
  }

  get desired(): string[] {
    const live = ATTRIBUTES.filter((id) => this.#toIds.get(id) && this.#isThere(id));
    const wanted = live.filter((id) => !this.#isDown(valueBy(id)));
    return [...new Set(wanted.filter((id) => !this.onlyUrls || typeOf(id) === "url").map(valueBy))].sort();
  }
}

/** A ledger, a target and the oracle, each of which hears of the same. */
class Bench {
  readonly ledger = new ALedger(ruleSettings({ require_published: false }));
  readonly target = new ATarget();
  readonly oracle = new Oracle();
  #sightings = 0;
  #view: TargetView = aView();

  constructor() {
    this.#register();
  }

  async play(operation: Operation): Promise<void> {
    this.ledger.now += 1_000;
    if ("deliver" in operation) return this.#deliver(operation.deliver, operation.limit);
    if ("restart" in operation) return this.#restart(operation.restart);
    this.#hear(operation);
    this.ledger.reviewed();
  }

  /** Delivers until the target lacks nothing. */
  async settle(): Promise<void> {
    for (let more = true; more; ) {
      const step = await gather(this.ledger.ledger.deltas, this.#view, 2);
      more = step.more || step.holdings.length > 0;
      await this.#deliver("recorded", 2);
    }
  }

  #hear(operation: Exclude<Operation, { deliver: string } | { restart: boolean }>): void {
    const timestamp = Math.floor(this.ledger.now / 1000);
    if ("tell" in operation) {
      const { tell: id, toIds } = operation;
      this.ledger.hear(
        told({ id, eventId: eventOf(id), type: typeOf(id), value: valueBy(id), toIds, timestamp }, "edit"),
      );
      this.oracle.tell(id, toIds);
    } else if ("erase" in operation) {
      this.ledger.hear({
        kind: "attribute-erased",
        id: operation.erase,
        uuid: anAttribute({ id: operation.erase }).uuid,
        eventId: eventOf(operation.erase),
      });
      this.oracle.erase(operation.erase);
    } else if ("deleteEvent" in operation) {
      const id = operation.deleteEvent;
      this.ledger.hear({ kind: "event-deleted", id, uuid: anEvent({ id }).uuid });
      this.oracle.deleteEvent(id);
    } else {
      this.#sightings += 1;
      const type = operation.up ? SightingType.seen : SightingType.falsePositive;
      this.ledger.hear(sighted({ id: this.#sightings, attributeId: operation.thumb, type, date: timestamp }));
      this.oracle.thumb(operation.thumb, operation.up);
    }
  }

  async #deliver(fate: "recorded" | "failed" | "failed, with effect", limit: number): Promise<void> {
    const { deltas } = this.ledger.ledger;
    const step = await gather(deltas, this.#view, limit);
    this.#expectAskedFor(step.delta, limit);
    deltas.begin(this.#view, step);
    if (fate !== "failed") this.target.take(step.delta);
    if (fate === "recorded") deltas.record(this.#view, step, []);
  }

  /** On the way, too, nothing is added or removed that the rules do not ask for, and nothing is added while a removal waits. */
  #expectAskedFor({ add, renew, remove }: Delta, limit: number): void {
    const desired = this.oracle.desired;
    for (const { value } of [...add, ...renew]) expect(desired).toContain(value);
    for (const { value } of remove) expect(desired).not.toContain(value);
    expect(add.length + renew.length + remove.length).toBeLessThanOrEqual(limit);
    if (add.length + renew.length === 0) return;
    const waiting = this.target.values.filter((value) => !desired.includes(value));
    expect(remove.map(({ value }) => value)).toEqual(expect.arrayContaining(waiting));
  }

  #restart(onlyUrls: boolean): void {
    this.oracle.onlyUrls = onlyUrls;
    this.#view = aView({ digest: String(onlyUrls), rules: { types: onlyUrls ? new Set(["url"]) : null } });
    this.ledger.reopen();
    this.#register();
  }

  #register(): void {
    this.ledger.ledger.deltas.register(this.#view);
  }
}

const id = fc.constantFrom(...ATTRIBUTES);
const operations = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ tell: id, toIds: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ erase: id }) },
    { weight: 1, arbitrary: fc.record({ deleteEvent: fc.constantFrom(1, 2) }) },
    { weight: 3, arbitrary: fc.record({ thumb: id, up: fc.boolean() }) },
    {
      weight: 4,
      arbitrary: fc.record({
        deliver: fc.constantFrom("recorded" as const, "failed" as const, "failed, with effect" as const),
        limit: fc.integer({ min: 1, max: 4 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ restart: fc.boolean() }) },
  ),
  { maxLength: 25 },
);

test("whatever is heard, fails and restarts, only what the rules ask for is sent, and in the end all of it is held", async () => {
  await fc.assert(
    fc.asyncProperty(operations, async (played) => {
      const bench = new Bench();
      for (const operation of played) await bench.play(operation);
      await bench.settle();
      expect(bench.target.values).toEqual(bench.oracle.desired);
      const { held, lag } = bench.ledger.report((report) => report.summary().targets[0]) ?? {};
      expect({ held, lag }).toEqual({ held: bench.oracle.desired.length, lag: 0 });
    }),
    runs(100),
  );
});
