import type { Observer } from "../courier/courier.ts";
import type { Step } from "../ledger/delta/step.ts";
import type { Indicator } from "../model/indicator.ts";
import type { Notice } from "../model/notice.ts";
import { EventNames } from "./event-names.ts";
import { Moments } from "./moments.ts";
import { isSpoken, type Line, lineOf } from "./spoken.ts";

/** Somebody who counts, beside the page. */
export interface Meter {
  heard(kind: string): void;
  delivered(target: string, operation: "add" | "renew" | "remove", count: number): void;
  /** From MISP's own time, and from when it was heard, to where it belongs; seconds. */
  visible(target: string, sinceMisp: number | undefined, sinceHeard: number): void;
}

/** What happened since it was last asked. */
export interface Taken {
  heard: number;
  written: number;
  /** From heard to written, milliseconds, in order. */
  latencies: number[];
  heardLines: Line[];
  writtenLines: Line[];
}

/** So many lines of each kind are kept between two looks: nobody reads more in a second. */
const LINES = 8;
/** So many items of a step are looked up: of a flood a sample is enough. */
const SAMPLE = 200;

/** Listens to a running courier, and keeps what a page shows of a second, however much happens in it. */
export class Watch implements Observer {
  readonly #clock: () => number;
  readonly #meter: Meter;
  readonly #moments = new Moments();
  readonly #names = new EventNames();
  #taken: Taken = nothing();

  constructor(clock: () => number, meter: Meter) {
    this.#clock = clock;
    this.#meter = meter;
  }

  heard(notices: readonly Notice[]): void {
    const now = this.#clock();
    for (const notice of notices) {
      this.#names.note(notice);
      if (!isSpoken(notice)) continue;
      this.#taken.heard += 1;
      this.#meter.heard(notice.kind);
      if (this.#taken.heardLines.length >= LINES) continue;
      const line = lineOf(notice, now, (id) => this.#names.of(id));
      if (line) this.#taken.heardLines.push(line);
    }
    this.#moments.note(notices, now);
  }

  delivered(target: string, { delta }: Step): void {
    const now = this.#clock();
    for (const operation of ["remove", "add", "renew"] as const) {
      const items = delta[operation];
      if (items.length === 0) continue;
      this.#meter.delivered(target, operation, items.length);
      this.#taken.written += items.length;
      for (const item of items.slice(0, SAMPLE)) this.#time(target, item, now);
      if (operation !== "renew") this.#tell(target, operation, items, now);
    }
  }

  /** What happened since the last call. */
  take(): Taken {
    const taken = this.#taken;
    this.#taken = nothing();
    taken.latencies.sort((one, other) => one - other);
    return taken;
  }

  #time(target: string, indicator: Indicator, now: number): void {
    const moment = this.#moments.take(indicator, target);
    if (!moment) return;
    const sinceHeard = Math.max(0, now - moment.heard);
    this.#taken.latencies.push(sinceHeard);
    const sinceMisp = moment.misp === undefined ? undefined : Math.max(0, now - moment.misp) / 1000;
    this.#meter.visible(target, sinceMisp, sinceHeard / 1000);
  }

  #tell(target: string, operation: "add" | "remove", items: readonly Indicator[], at: number): void {
    const lines = this.#taken.writtenLines;
    const said = SAID[operation];
    for (const { type, value } of items.slice(0, LINES - lines.length)) {
      lines.push({ at, ...said, type, value, note: target });
    }
  }
}

const SAID = {
  add: { what: "added", tone: "good" },
  remove: { what: "taken off", tone: "bad" },
} as const;

function nothing(): Taken {
  return { heard: 0, written: 0, latencies: [], heardLines: [], writtenLines: [] };
}
