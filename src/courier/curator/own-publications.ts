import type { Occasion } from "./event-turns.ts";

/** Publications that may be on their way back; one that never came was lost. */
const MOST = 1_000;
/** With background jobs MISP publishes when a worker gets to it: how long that may take, milliseconds. */
const PATIENCE = 600_000;

interface Expected {
  /** The timestamp of the event. */
  timestamp: number;
  how: Occasion["how"];
  /** When MISP took it, milliseconds; `undefined`: it has not done so yet. */
  taken?: number;
  /** It was to be asked what became of it. */
  isOverdue: boolean;
}

type Published = Pick<Expected, "timestamp"> & { uuid: string };

/** Publications of ours that have not come back on the feed yet: what MISP says of them is an echo. */
export class OwnPublications {
  readonly #expected = new Map<string, Expected>();

  /** One is about to be asked for. */
  expect({ uuid, timestamp }: Published, how: Occasion["how"]): void {
    this.settle(uuid);
    this.#expected.set(uuid, { timestamp, how, isOverdue: false });
    const [oldest] = this.#expected.keys();
    if (this.#expected.size > MOST && oldest !== undefined) this.settle(oldest);
  }

  /** MISP took it, which is no more than a promise where a worker is to carry it out. */
  taken(uuid: string, now: number): void {
    const expected = this.#expected.get(uuid);
    if (expected) expected.taken = now;
  }

  /** Whether a publication that was heard of is one of ours; each is so once. */
  isEcho({ uuid, timestamp }: { uuid: string; timestamp?: number | undefined }): boolean {
    const isOurs = timestamp !== undefined && this.#expected.get(uuid)?.timestamp === timestamp;
    if (isOurs) this.settle(uuid);
    return isOurs;
  }

  /** Those that MISP took so long ago that it is to be asked what became of them, each once. */
  overdue(now: number): [uuid: string, how: Occasion["how"]][] {
    // What was taken in a time to come was so by a clock that was ahead.
    const isLate = ({ taken = now, isOverdue }: Expected) => !isOverdue && Math.abs(now - taken) > PATIENCE;
    const late = [...this.#expected].filter(([, expected]) => isLate(expected));
    for (const [, expected] of late) expected.isOverdue = true;
    return late.map(([uuid, { how }]) => [uuid, how]);
  }

  /** Whether MISP was to be asked what became of the publication of an event as it is; one that was edited since may have had it. */
  wasOverdue({ uuid, timestamp }: Published): boolean {
    const expected = this.#expected.get(uuid);
    return expected?.timestamp === timestamp && expected.isOverdue;
  }

  /** Nothing of an event is open any more. */
  settle(uuid: string): void {
    this.#expected.delete(uuid);
  }
}
