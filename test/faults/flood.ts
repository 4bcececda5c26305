import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { StandInMisp } from "../../src/demo/stand-in/stand-in-misp.ts";
import { SightingType } from "../../src/model/misp.ts";
import type { Chance } from "./chance.ts";
import type { MispClock } from "./misp-clock.ts";
import type { Wishes } from "./watch.ts";

interface Standing {
  attribute: number;
  event: number;
  key: string;
}

/** How many values the flood keeps on the lists, about. */
const MANY = 150;
const WAYS = ["event deleted", "false positive", "soft deleted", "hard deleted", "flag cleared", "value edited"];
const TYPES = ["domain", "hostname", "md5"] as const;

/** People who change a MISP without a pause. Each value stands in one attribute, so that a set says what is to be listed. */
export class Flood implements Wishes, AsyncDisposable {
  readonly everWanted = new Set<string>();
  readonly withdrawn = new Set<string>();
  /** What happened to each value that left, and when, by our clock. */
  readonly fates = new Map<string, string>();
  /** How many changes there were. */
  changes = 0;
  readonly #misp: StandInMisp;
  readonly #clock: MispClock;
  readonly #chance: Chance;
  #standing: Standing[] = [];
  #values = 0;
  #pause = new AbortController();
  #flowing: Promise<void> = Promise.resolve();

  constructor(misp: StandInMisp, clock: MispClock, chance: Chance) {
    this.#misp = misp;
    this.#clock = clock;
    this.#chance = chance;
  }

  /** What the lists are to hold, as `type value`. */
  get wanted(): string[] {
    return this.#standing.map(({ key }) => key).sort();
  }

  flow(): void {
    this.#pause = new AbortController();
    this.#flowing = this.#flow(this.#pause.signal);
  }

  async rest(): Promise<void> {
    this.#pause.abort();
    await this.#flowing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.rest();
  }

  /** One change, or as many. */
  change(times = 1): void {
    for (let time = 0; time < times; time += 1) {
      this.changes += 1;
      this.#clock.pass(1_000);
      if (this.#chance.below(MANY * 2) >= this.#standing.length) this.#add();
      else this.#withdraw();
    }
  }

  async #flow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.change();
      await pause(3 + this.#chance.below(8));
    }
  }

  #add(): void {
    const attributes = Array.from({ length: 1 + this.#chance.below(4) }, () => this.#written());
    const event = this.#misp.addEvent({ info: "flood", attributes });
    attributes.forEach(({ type, value }, index) => {
      this.#stands({ attribute: event.attributes[index]?.id ?? 0, event: event.id, key: `${type} ${value}` });
    });
    this.#publish(event.id);
  }

  #withdraw(): void {
    const standing = this.#chance.of(this.#standing);
    const { attribute, event } = standing;
    const way = this.#chance.below(WAYS.length);
    if (way === 0) this.#leaves(way, (one) => one.event === event);
    else this.#leaves(way, (one) => one.attribute === attribute);
    if (way === 0) this.#misp.deleteEvent(event);
    else if (way === 1) this.#misp.sight(attribute, { type: SightingType.falsePositive });
    else this.#change(way, standing);
  }

  /** Changes that unpublish the event, which is published again. */
  #change(way: number, { attribute, event, key }: Standing): void {
    if (way === 2) this.#misp.softDelete(attribute);
    else if (way === 3) this.#misp.hardDelete(attribute);
    else if (way === 4) this.#misp.editAttribute(attribute, { toIds: false });
    else {
      const { type, value } = this.#written(key.split(" ")[0]);
      this.#stands({ attribute, event, key: `${type} ${value}` });
      this.#misp.editAttribute(attribute, { value });
    }
    this.#publish(event);
  }

  #publish(event: number): void {
    this.#clock.pass(1_000);
    this.#misp.publish(event);
  }

  #stands(standing: Standing): void {
    this.#standing.push(standing);
    this.everWanted.add(standing.key);
  }

  #leaves(way: number, these: (standing: Standing) => boolean): void {
    for (const { key } of this.#standing.filter(these)) {
      this.withdrawn.add(key);
      this.fates.set(key, `${key}: ${WAYS[way]} at ${new Date().toISOString()}`);
    }
    this.#standing = this.#standing.filter((standing) => !these(standing));
  }

  #written(type: string = this.#chance.of(TYPES)): { type: string; value: string } {
    this.#values += 1;
    const name = `v${this.#values}.example`;
    return { type, value: type === "md5" ? createHash("md5").update(name).digest("hex") : name };
  }
}
