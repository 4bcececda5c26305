import { backoff } from "../../delivery/backoff.ts";
import { resting } from "../../delivery/pace.ts";
import { OWN_SOURCE } from "../../ledger/hearing/hear-sightings.ts";
import type { SensorSightings, WaitingSighting } from "../../ledger/sensor-sightings.ts";
import type { Logger } from "../../log.ts";
import type { MispClient } from "../../misp/client.ts";
import { type Meaning, MispError } from "../../misp/errors.ts";
import { hasSighting } from "../../misp/sighting-search.ts";

export interface SensorPostOptions {
  client: MispClient;
  queue: SensorSightings;
  log: Logger;
  signal: AbortSignal;
  /** Milliseconds. */
  clock: () => number;
}

/** Between two sightings, between two looks for new ones, and until a key that MISP refuses is tried again; milliseconds. */
const WAIT = { pace: 100, look: 250, key: 300_000, bug: 5_000 };
/** How long MISP may still be at a request to which no answer came, and how long one may last when the courier is to stop, milliseconds. */
const SETTLED = 5_000;
/** How often MISP may fail at one sighting, while it takes others, until that is given up. */
const STRIKES = 10;

/** Sends to MISP what sensors saw, one after another, each once: where it is unknown whether MISP has one, it is asked first. */
export class SensorPost implements AsyncDisposable {
  readonly #options: SensorPostOptions;
  readonly #working: Promise<void>;
  readonly #stop = new AbortController();
  /** Ends the request under way: later than the courier's own signal, so that few have to be asked for. */
  readonly #cut = new AbortController();
  /** How often MISP could not take any, since it last did. */
  #failures = 0;
  /** What was logged of refusals, each once. */
  readonly #told = new Set<Meaning>();

  constructor(options: SensorPostOptions) {
    this.#options = options;
    const { signal } = this.#stop;
    signal.addEventListener("abort", () => this.#cutLater(), { once: true });
    options.signal.addEventListener("abort", () => this.#stop.abort(), { once: true, signal });
    if (options.signal.aborted) this.#stop.abort();
    this.#working = this.#work();
  }

  /** Resolves once the request under way has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#working;
  }

  async #work(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await resting(await this.#one(), signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#options.log.error("A sighting of a sensor cannot be sent; this is tried again", { error });
        await resting(WAIT.bug, signal);
      }
    }
  }

  /** Sends the next one. @returns how long to rest, milliseconds */
  async #one(): Promise<number> {
    const { queue, clock } = this.#options;
    const next = queue.next(clock());
    if (!next) return WAIT.look;
    try {
      await this.#send(next);
    } catch (error) {
      if (!(error instanceof MispError) || this.#stop.signal.aborted) throw error;
      return this.#failed(next, await this.#looked(error));
    }
    this.#answered();
    queue.finish(next.id, "posted", clock());
    return WAIT.pace;
  }

  async #send(next: WaitingSighting): Promise<void> {
    const { queue, client, clock } = this.#options;
    const { subject, type, date } = next;
    const source = next.source === "" ? OWN_SOURCE : `${OWN_SOURCE}: ${next.source}`;
    if (next.doubt === 1 && (await hasSighting(client, { ...next, source }, this.#stop.signal))) return;
    const attribute = next.attribute ?? queue.attributeWith(subject) ?? null;
    queue.begin(next.id, attribute, clock() + SETTLED);
    const of = attribute === null ? { value: subject } : { uuid: attribute };
    await client.addSighting({ of, type, source, date }, this.#cut.signal);
  }

  /** A key that was withdrawn looks like a right that is missing; only MISP's version tells them apart. */
  async #looked(error: MispError): Promise<MispError> {
    if (error.meaning !== "forbidden") return error;
    try {
      await this.#options.client.version(this.#stop.signal);
      return error;
    } catch (other) {
      if (other instanceof MispError) return other;
      throw other;
    }
  }

  #failed(next: WaitingSighting, error: MispError): number {
    const { queue, clock } = this.#options;
    const { meaning } = error;
    if (meaning === "forbidden" || meaning === "unknown" || meaning === "invalid") return this.#refused(next, error);
    // A sighting at which MISP stumbles while it takes others must not hold those up for ever.
    const strikes = next.strikes + (this.#failures === 0 && meaning !== "unreachable" && meaning !== "key" ? 1 : 0);
    if (strikes >= STRIKES) return this.#refused(next, error);
    this.#failures += 1;
    if (this.#failures === 1) {
      this.#options.log.warn("MISP does not take what sensors saw; it waits", { error });
    }
    const wait = meaning === "key" ? WAIT.key : backoff(this.#failures, error.wait, Math.random());
    const least = meaning === "unreachable" ? SETTLED : backoff(strikes + 1, undefined, 1);
    // Another key may come with the next start.
    queue.later(next.id, meaning === "key" ? 0 : clock() + Math.max(wait, least), strikes);
    return wait;
  }

  #refused({ id, subject }: WaitingSighting, error: MispError): number {
    const { queue, clock, log } = this.#options;
    this.#answered();
    queue.finish(id, "refused", clock());
    log.debug("MISP refuses what a sensor saw", { subject, error });
    if (!this.#told.has(error.meaning)) {
      this.#told.add(error.meaning);
      log.warn("MISP refuses something that a sensor saw; more like it is only counted", { error });
    }
    return WAIT.pace;
  }

  #cutLater(): void {
    setTimeout(() => this.#cut.abort(), SETTLED).unref();
  }

  #answered(): void {
    if (this.#failures > 0) this.#options.log.info("MISP takes what sensors saw again");
    this.#failures = 0;
  }
}
