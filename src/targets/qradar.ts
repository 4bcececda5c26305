import type { Delta, Refusal } from "../model/delta.ts";
import type { Indicator } from "../model/indicator.ts";
import type { SetChange, SetsApi } from "./qradar/api.ts";
import { ClassicSets } from "./qradar/classic.ts";
import { QradarClient } from "./qradar/client.ts";
import { CollectionSets, SOURCE } from "./qradar/collections.ts";
import { askOffer } from "./qradar/offer.ts";
import { elementOf, GRACE, setOf, typeOf } from "./qradar/sets.ts";
import { prefixOf, type QradarSettings, qradarSettings } from "./qradar/settings.ts";
import { openRest } from "./rest-target.ts";
import { defineTarget, type Found, type Target, type TargetContext } from "./target.ts";
import { tellWithout } from "./tell.ts";

/**
 * Reference sets of IBM QRadar, one for each type. QRadar forgets an element some days after it was last loaded, so an
 * indicator whose end moved by as much as that margin comes again.
 */
export const qradar = defineTarget<QradarSettings>({
  summary: "Reference sets of IBM QRadar, one for each MISP type, over the classic API or the newer collections API.",
  settings: qradarSettings,
  batch: 2_000,
  // MISP-Broker has for years given consoles 10,000 at a time with a pause behind them.
  rate: 2_000,
  place: (settings) => {
    // Neither a login in the address, nor how its host and port are written.
    const { origin, pathname } = new URL(settings.url);
    return JSON.stringify([`${origin}${pathname}`.replace(/\/+$/, ""), prefixOf(settings), settings.layout]);
  },
  fills: (settings) => {
    const { host, pathname } = new URL(settings.url);
    return JSON.stringify([host, pathname.replace(/\/+$/, ""), prefixOf(settings)]);
  },
  nameless: true,
  composites: ({ layout }) => layout === "broker",
  shows:
    () =>
    ({ expires }) =>
      expires === null ? "" : String(Math.floor(expires / (GRACE * 86_400))),
  origins: () => false,
  open: async (settings, context) => new ReferenceSets(settings, context),
});

/** What the console names as the source of what came over its API: ours in the collections API, its own word in the classic. */
const OUR_SOURCES = new Set([SOURCE, "reference data api"]);

class ReferenceSets implements Target {
  readonly #settings: QradarSettings;
  readonly #client: QradarClient;
  #api: SetsApi | undefined;
  /** The types of which sets were looked for. */
  readonly #lookedFor = new Set<string>();

  constructor(settings: QradarSettings, context: TargetContext) {
    this.#settings = settings;
    const ask = openRest(settings, { SEC: settings.token }, context);
    this.#client = new QradarClient(ask, context.clock, tellWithout([settings.token]), () => {
      this.#client.version = undefined;
      this.#api = undefined;
    });
  }

  async apply(delta: Delta, signal: AbortSignal): Promise<readonly Refusal[]> {
    signal.throwIfAborted();
    const { changes, refusals } = sortBySet(delta, this.#settings);
    if (changes.length === 0) return refusals;
    const unwanted = await (await this.#chosen(signal)).change(changes, signal);
    return [...refusals, ...unwanted.map(({ indicator, reason }) => refusal(indicator, reason))];
  }

  async bare(types: Iterable<string>, signal: AbortSignal): Promise<readonly string[]> {
    const asked = new Set(types);
    if (asked.size === 0 && !this.#api) return [];
    const api = await this.#chosen(signal);
    const typesOf = (names: readonly string[]) => names.flatMap((name) => typeOf(name, this.#settings) ?? []);
    const concerns = (name: string) => asked.has(typeOf(name, this.#settings) ?? "");
    const lost = typesOf(await api.lost(concerns, signal));
    // Somebody may have taken sets away while nothing ran.
    const unknown = [...asked].filter((type) => !this.#lookedFor.has(type));
    if (unknown.length === 0) return lost;
    const there = new Set(typesOf(await api.names(concerns, signal)));
    for (const type of unknown) this.#lookedFor.add(type);
    return [...lost, ...unknown.filter((type) => !there.has(type))];
  }

  async *list(signal: AbortSignal): AsyncGenerator<readonly Found[]> {
    signal.throwIfAborted();
    const concerns = (name: string) => typeOf(name, this.#settings) !== undefined;
    for await (const { name, elements } of (await this.#chosen(signal)).list(concerns, signal)) {
      const type = typeOf(name, this.#settings) ?? "";
      yield elements.map(({ value, source }) => ({
        indicator: { type, value },
        // Who else puts an element into a set shares it: what was there before keeps its source when it is loaded.
        ...(OUR_SOURCES.has(source) ? {} : { foreign: true }),
        label: `${value} in ${name}`,
        shows: null,
      }));
    }
  }

  readonly alias = elementOf;

  /** The API that the console offers, asked for once. */
  async #chosen(signal: AbortSignal): Promise<SetsApi> {
    if (this.#api) return this.#api;
    const { version, collections } = await askOffer(this.#client, this.#settings.api_version, signal);
    this.#client.version = version;
    this.#api = collections
      ? new CollectionSets(this.#client)
      : new ClassicSets(this.#client, this.#settings.encode_twice);
    return this.#api;
  }
}

/** Sorts a delta by set, and says which entries no set can take. */
function sortBySet(delta: Delta, settings: QradarSettings) {
  const changes = new Map<string, SetChange & { hold: Indicator[]; drop: Indicator[] }>();
  const refusals: Refusal[] = [];
  const sort = (indicator: Indicator, part: "hold" | "drop") => {
    const set = setOf(indicator, settings);
    if (typeof set !== "string") {
      const change = changes.get(set.name) ?? { set, hold: [], drop: [] };
      change[part].push(indicator);
      changes.set(set.name, change);
    } else if (part === "hold") refusals.push(refusal(indicator, set));
  };
  for (const entry of [...delta.add, ...delta.renew]) sort(entry, "hold");
  // What no set can take was never held.
  for (const indicator of delta.remove) sort(indicator, "drop");
  return { changes: [...changes.values()].map(withoutHeld), refusals };
}

/** Where case does not matter, what goes in one spelling stays for the sake of another that is held. */
function withoutHeld({ set, hold, drop }: SetChange): SetChange {
  const held = new Set(hold.map((item) => elementOf(item).value));
  return { set, hold, drop: drop.filter((item) => !held.has(elementOf(item).value)) };
}

function refusal({ type, value }: Indicator, reason: string): Refusal {
  return { type, value, reason };
}
