import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { MOST_BEHIND } from "../ledger/report/pulse.ts";
import type { Sources } from "./sources.ts";
import type { Meter } from "./watch.ts";

/** From what a person would call at once to a target that was down for a day, seconds. */
const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400];

/** What Prometheus scrapes. */
export class Metrics implements Meter {
  readonly #registry = new Registry();
  readonly #heard = this.#counter(
    "misp_courier_heard_total",
    "What the feed (of a forwarder: the topic) said, by kind",
    ["kind"],
  );
  readonly #items = this.#counter("misp_courier_delivered_items_total", "Items that targets accepted", [
    "target",
    "operation",
  ]);
  readonly #visible = this.#histogram(
    "misp_courier_visible_seconds",
    "From MISP's own time of a change (whole seconds; without one, from when it was heard) until it is visible at the " +
      "target. During a flood, samples only",
  );
  readonly #delivery = this.#histogram(
    "misp_courier_delivery_seconds",
    "From when a change was heard, or its event published, until the target has it. During a flood, samples only",
  );
  readonly #feed = this.#gauge(
    "misp_courier_feed_heard",
    "1 while the feed (of a forwarder: the topic) is heard, else 0",
  );
  readonly #heardAt = this.#gauge(
    "misp_courier_last_heard_timestamp_seconds",
    "When the last message of the feed came",
  );
  readonly #caughtUp = this.#gauge("misp_courier_caught_up_timestamp_seconds", "When the last complete catch-up began");
  readonly #unreadable = this.#gauge("misp_courier_unreadable_messages", "Messages that could not be read, in all");
  readonly #active = this.#gauge("misp_courier_indicators_active", "Indicators that are active");
  readonly #withheld = this.#gauge("misp_courier_indicators_withheld", "Indicators that are withheld, by reason", [
    "reason",
  ]);
  readonly #held = this.#gauge("misp_courier_target_held", "Items that a target holds", ["target"]);
  readonly #doubtful = this.#gauge(
    "misp_courier_target_in_doubt",
    "Items of which it is not certain that the target holds them: their delivery failed half-way, or is under way",
    ["target"],
  );
  readonly #heldBack = this.#gauge(
    "misp_courier_target_held_back",
    "Changes that a target's guard holds until a person decides",
    ["target", "operation"],
  );
  readonly #lag = this.#gauge(
    "misp_courier_target_lag",
    `Changes that a target has not got yet, counted as far as ${MOST_BEHIND}`,
    ["target"],
  );
  readonly #failures = this.#gauge("misp_courier_target_failures", "Failed attempts since the last success", [
    "target",
  ]);
  readonly #parked = this.#gauge("misp_courier_target_parked", "Items that a target refused for good", ["target"]);
  readonly #sensed = this.#gauge(
    "misp_courier_sensor_sightings",
    "Sightings of sensors: waiting now, or posted or refused in all",
    ["state"],
  );

  heard(kind: string): void {
    this.#heard.inc({ kind });
  }

  delivered(target: string, operation: string, count: number): void {
    this.#items.inc({ target, operation }, count);
  }

  visible(target: string, sinceMisp: number | undefined, sinceHeard: number): void {
    this.#visible.observe({ target }, sinceMisp ?? sinceHeard);
    this.#delivery.observe({ target }, sinceHeard);
  }

  get type(): string {
    return this.#registry.contentType;
  }

  /** The text that Prometheus reads; without sources, before the courier works, of the counters alone. */
  async text(sources: Sources | undefined): Promise<string> {
    if (sources) await this.#look(sources);
    return this.#registry.metrics();
  }

  async #look(sources: Sources): Promise<void> {
    const { heardAt, caughtUp, unreadable, spells, behind, sensed } = sources.pulse.look();
    const { active, withheld, targets } = sources.counts.summary;
    const { holds } = sources.counts;
    const journal = await sources.journal();
    this.#feed.set(spells.some(({ until }) => until === null) ? 0 : 1);
    this.#heardAt.set(heardAt / 1000);
    this.#caughtUp.set(caughtUp / 1000);
    this.#unreadable.set(unreadable);
    for (const [state, count] of Object.entries(sensed)) this.#sensed.set({ state }, count);
    this.#active.set(active);
    this.#withheld.reset();
    for (const [reason, count] of Object.entries(withheld)) this.#withheld.set({ reason }, count);
    for (const target of sources.targets) {
      const entry = journal.targets[target];
      const { held = 0, doubtful = 0 } = targets.find(({ name }) => name === target) ?? {};
      this.#held.set({ target }, held);
      this.#doubtful.set({ target }, doubtful);
      for (const operation of ["add", "remove"] as const) {
        const hold = holds.find((one) => one.target === target && one.kind === operation);
        this.#heldBack.set({ target, operation }, hold?.count ?? 0);
      }
      this.#lag.set({ target }, behind.get(target) ?? 0);
      this.#failures.set({ target }, entry?.attempts ?? 0);
      this.#parked.set({ target }, entry?.parked.length ?? 0);
    }
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge<Label extends string>(name: string, help: string, labelNames: Label[] = []): Gauge<Label> {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] });
  }

  #histogram(name: string, help: string): Histogram<"target"> {
    return new Histogram({ name, help, labelNames: ["target"], buckets: BUCKETS, registers: [this.#registry] });
  }
}
