import { join } from "node:path";
import type { Delta, Entry, Refusal } from "../model/delta.ts";
import type { Indicator } from "../model/indicator.ts";
import { defineTarget, type Found, type Target } from "./target.ts";
import { Bus } from "./zeromq/bus.ts";
import { BUS_FORMATS, type BusFormat } from "./zeromq/format.ts";
import { type ZeromqSettings, zeromqSettings } from "./zeromq/settings.ts";
import { BusStore, type Told } from "./zeromq/store.ts";

/** How long it is kept that an indicator was removed, for subscribers that were away then, milliseconds. */
const REMOVALS_KEPT = 30 * 86_400_000;

/**
 * Indicators as messages to whoever listens. Nobody acknowledges them: what was said is kept in a file of the state
 * directory, and who comes later is told all of it.
 */
export const zeromq = defineTarget<ZeromqSettings>({
  summary: "STIX 2.1 indicators to subscribers over ZeroMQ, as applications of Threat Bus expect them.",
  settings: zeromqSettings,
  batch: 1_000,
  place: ({ format }) => format,
  sole: ({ bind, manage, sightings }) =>
    [bind, manage, sightings]
      .filter((address) => address !== undefined && !/:(0+|\*)$/.test(address))
      .map((address) => ({ place: String(address), words: String(address) })),
  composites: () => false,
  shows: ({ format }) => BUS_FORMATS[format].shows,
  origins: () => true,
  open: async (settings, { name, state, clock, sightings: box }) => {
    const format = BUS_FORMATS[settings.format];
    const store = new BusStore(join(state, "zeromq", `${name}.sqlite`), settings.format);
    return new Announcer({
      openBus: () => Bus.open({ settings, topic: format.topic, store, clock, box }),
      store,
      format,
      clock,
    });
  },
});

interface AnnouncerOptions {
  openBus: () => Promise<Bus>;
  store: BusStore;
  format: BusFormat;
  clock: () => number;
}

class Announcer implements Target {
  readonly #options: AnnouncerOptions;
  #bus: Bus | undefined;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
  }

  async prepare(): Promise<void> {
    await this.#opened();
  }

  /** What was said once cannot be taken back, but who comes later is told only what the file has. */
  async bare(): Promise<readonly string[] | "everything"> {
    return this.#options.store.isEmpty() ? "everything" : [];
  }

  async apply(delta: Delta, signal: AbortSignal): Promise<readonly Refusal[]> {
    signal.throwIfAborted();
    const refusals: Refusal[] = [];
    const bus = await this.#opened();
    await bus.tell(() => {
      signal.throwIfAborted();
      const { told, refused } = this.#prepare(delta);
      refusals.push(...refused);
      // Kept before it is said: what is sent twice does no harm, what a later subscriber is not told of would.
      const { store, clock } = this.#options;
      store.keep(told, clock() - REMOVALS_KEPT);
      return told;
    });
    return refusals;
  }

  async *list(): AsyncIterable<readonly Found[]> {
    for (const page of this.#options.store.held()) {
      yield page.map(({ type, value, shows }) => ({ indicator: { type, value }, label: value, shows }));
    }
  }

  async close(): Promise<void> {
    await this.#bus?.close();
    this.#options.store.close();
  }

  async #opened(): Promise<Bus> {
    this.#bus ??= await this.#options.openBus();
    return this.#bus;
  }

  #prepare({ add, renew, remove }: Delta): { told: Told[]; refused: Refusal[] } {
    const told: Told[] = [];
    const refused: Refusal[] = [];
    for (const entry of [...add, ...renew]) {
      const held = unfitForMessage(entry.value) ?? this.#held(entry);
      if (typeof held === "string") refused.push({ type: entry.type, value: entry.value, reason: held });
      else told.push(held);
    }
    for (const indicator of remove) told.push(...this.#removed(indicator));
    return { told, refused };
  }

  /** What is to be said of an entry, or why nothing can be. */
  #held(entry: Entry): Told | string {
    const { format, store } = this.#options;
    const former = store.last(entry);
    const changed = this.#after(former);
    const message = format.hold(entry, changed, former?.message);
    if (message === undefined) return `STIX patterns have no words for ${entry.type}`;
    return { type: entry.type, value: entry.value, message, changed, shows: format.shows(entry) };
  }

  #removed({ type, value }: Indicator): Told[] {
    const { format, store } = this.#options;
    const former = store.last({ type, value });
    const changed = this.#after(former);
    const message = format.remove({ type, value }, changed, former?.message);
    return message === undefined ? [] : [{ type, value, message, changed, shows: null }];
  }

  /** Now, and in any case later than what was said before: receivers go by it. */
  #after(former: { changed: number } | undefined): number {
    return Math.max(this.#options.clock(), (former?.changed ?? 0) + 1);
  }
}

function unfitForMessage(value: string): string | undefined {
  if (value === "") return "the value is empty";
  return value.isWellFormed() ? undefined : "the value is not well-formed Unicode";
}
