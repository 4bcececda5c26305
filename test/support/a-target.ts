import { itemsOf } from "../../src/delivery/isolate.ts";
import type { Delta, Entry, Refusal } from "../../src/model/delta.ts";
import type { Target } from "../../src/targets/target.ts";

type Behaviour = (delta: Delta, signal: AbortSignal) => readonly Refusal[] | Promise<readonly Refusal[]>;

/** A target in memory that does as it is told: it takes everything unless `behaviour` refuses or throws. */
export class ATarget implements Target {
  /** What it holds, by value. */
  readonly held = new Map<string, Entry>();
  readonly tries: Delta[] = [];
  closed = 0;
  behaviour: Behaviour;

  constructor(behaviour: Behaviour = () => []) {
    this.behaviour = behaviour;
  }

  get values(): string[] {
    return [...this.held.keys()].sort();
  }

  async apply(delta: Delta, signal: AbortSignal): Promise<readonly Refusal[]> {
    this.tries.push(delta);
    const refusals = await this.behaviour(delta, signal);
    this.take(delta, refusals);
    return refusals;
  }

  /** Brings what it holds up by a delta. */
  take({ add, renew, remove }: Delta, refusals: readonly Refusal[] = []): void {
    const taken = ({ value }: { value: string }) => refusals.every((refusal) => refusal.value !== value);
    for (const { value } of remove.filter(taken)) this.held.delete(value);
    for (const entry of [...renew, ...add].filter(taken)) this.held.set(entry.value, entry);
  }

  async close(): Promise<void> {
    this.closed += 1;
  }
}

/** Refuses the items with these values for good. */
export function refusing(...values: string[]): Behaviour {
  return (delta) =>
    itemsOf(delta)
      .filter(({ value }) => values.includes(value))
      .map(({ type, value }) => ({ type, value, reason: "cannot be told" }));
}
