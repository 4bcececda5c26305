import PQueue from "p-queue";
import type { SightingBox } from "../target.ts";
import { Desk } from "./desk.ts";
import { Publisher } from "./publisher.ts";
import type { ZeromqSettings } from "./settings.ts";
import { Sightings } from "./sightings.ts";
import type { BusStore, Told } from "./store.ts";
import { Stream } from "./stream.ts";

export interface BusOptions {
  settings: ZeromqSettings;
  /** The topic of indicators, for those who have none of their own. */
  topic: string;
  store: BusStore;
  clock: () => number;
  /** Takes what applications say that they saw. */
  box: SightingBox | undefined;
}

/** Everybody who listens, by the topic that they listen to. */
export class Bus {
  readonly #options: BusOptions;
  readonly #publisher: Publisher;
  readonly #desk: Desk;
  readonly #sightings = new Sightings();
  readonly #turns = new PQueue({ concurrency: 1 });
  /** Prefixes of the common topic that somebody subscribed to. */
  readonly #prefixes = new Set<string>();
  readonly #streams = new Map<string, Stream>();

  private constructor(options: BusOptions, publisher: Publisher) {
    this.#options = options;
    this.#publisher = publisher;
    const { clock, topic } = options;
    const sightingsPort = () => this.#sightings.port;
    this.#desk = new Desk({
      ...{ clock, topic, sightingsPort, endpoint: publisher.endpoint },
      left: (own) => this.#end(own),
    });
  }

  /** @throws NotNow when an address cannot be used */
  static async open(options: BusOptions): Promise<Bus> {
    const bus = new Bus(options, await Publisher.open(options.settings.bind));
    try {
      await bus.#listen(options);
    } catch (error) {
      await bus.close();
      throw error;
    }
    void bus.#follow();
    return bus;
  }

  async #listen({ settings: { manage, sightings }, store, clock, box }: BusOptions): Promise<void> {
    if (sightings !== undefined && box) {
      await this.#sightings.open(sightings, { box, clock, valueUnder: (id) => store.valueUnder(id) });
    } else if (manage !== undefined) await this.#sightings.open(manage.replace(/:[^:]*$/, ":*"));
    if (manage !== undefined) await this.#desk.open(manage);
  }

  /** Does something while no snapshot is read or sent, and tells everybody who listens what it comes to. */
  async tell(prepare: () => readonly Told[]): Promise<void> {
    await this.#turns.add(async () => {
      for (const { message } of prepare()) {
        for (const stream of this.#streams.values()) await stream.send(message);
      }
    });
  }

  /** Ends when what is being sent is in the queues, which go on for a moment. */
  async close(): Promise<void> {
    for (const stream of this.#streams.values()) stream.close();
    await this.#turns.onIdle();
    this.#desk.close();
    this.#publisher.close();
    await this.#sightings.close();
  }

  async #follow(): Promise<void> {
    for await (const { prefix, begins } of this.#publisher.subscriptions()) {
      const { topic } = this.#options;
      if (`${topic} `.startsWith(prefix)) this.#common(prefix, begins);
      else if (begins) this.#begin(prefix);
      else this.#left(prefix);
    }
  }

  #common(prefix: string, begins: boolean): void {
    const { topic } = this.#options;
    if (begins) this.#prefixes.add(prefix);
    else this.#prefixes.delete(prefix);
    if (begins) this.#stream(topic, topic).snapshot();
    else if (this.#prefixes.size === 0) this.#end(topic);
  }

  #begin(own: string): void {
    const registration = this.#desk.registration(own);
    if (!registration?.indicators) return;
    const stream = this.#stream(own, `${own}indicator`);
    if (registration.snapshot) stream.snapshot();
  }

  #left(own: string): void {
    this.#desk.forget(own);
    this.#end(own);
  }

  #stream(subscription: string, topic: string): Stream {
    const { store } = this.#options;
    const stream =
      this.#streams.get(subscription) ?? new Stream({ topic, publisher: this.#publisher, store, turns: this.#turns });
    this.#streams.set(subscription, stream);
    return stream;
  }

  #end(subscription: string): void {
    this.#streams.get(subscription)?.close();
    this.#streams.delete(subscription);
  }
}
