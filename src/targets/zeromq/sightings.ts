import { setTimeout as pause } from "node:timers/promises";
import { Subscriber } from "zeromq";
import type { SightingBox } from "../target.ts";
import { bindSocket, portOf, STRANGERS } from "./publisher.ts";
import { readSighting } from "./sighting.ts";

export interface SightingsOptions {
  box: SightingBox;
  /** The value that is known under the id of a STIX indicator. */
  valueUnder: (id: string) => string | undefined;
  /** Unix milliseconds. */
  clock: () => number;
}

/** Begins the messages that are taken. */
const TOPIC = "stix2/sighting ";
/** Bytes of one message; applications send what they saw around it, too. */
const LONGEST = 65_536;
/** How many messages wait in the socket; more of one application are lost, as ever with ZeroMQ. */
const WAITING = 1_000;
/** How many are written at once. */
const MOST = 500;
/** Rests after they were, and before a box that is full is asked again; milliseconds. */
const REST = 20;
const FULL = 5_000;

/** Where applications of Threat Bus send to what they saw. Without anybody who wants it, it subscribes to nothing, and they keep it. */
export class Sightings {
  readonly #socket = new Subscriber({ ...STRANGERS, maxMessageSize: LONGEST, receiveHighWaterMark: WAITING });
  readonly #closed = new AbortController();
  #working: Promise<void> = Promise.resolve();
  #port = 0;

  /** What applications are told. */
  get port(): number {
    return this.#port;
  }

  /** @throws NotNow when the address cannot be used */
  async open(address: string, options?: SightingsOptions): Promise<void> {
    if (options) this.#socket.subscribe(TOPIC);
    const endpoint = await bindSocket(this.#socket, address);
    this.#port = portOf(endpoint);
    if (options) this.#working = this.#work(options);
  }

  /** Resolves when what was taken in is written, or cannot be. */
  async close(): Promise<void> {
    this.#closed.abort();
    this.#socket.close();
    await this.#working;
  }

  async #work(options: SightingsOptions): Promise<void> {
    const { signal } = this.#closed;
    while (!signal.aborted) {
      const frames = await this.#arrived();
      await this.#write(frames, options);
      await pause(REST, undefined, { signal }).catch(() => undefined);
    }
  }

  /** What has arrived, one at the least unless it is closed. */
  async #arrived(): Promise<Buffer[]> {
    const frames: Buffer[] = [];
    try {
      do {
        const [frame] = await this.#socket.receive();
        if (frame) frames.push(frame);
      } while (this.#socket.readable && frames.length < MOST);
    } catch (error) {
      if (!this.#closed.signal.aborted) throw error;
    }
    return frames;
  }

  async #write(frames: readonly Buffer[], { box, valueUnder, clock }: SightingsOptions): Promise<void> {
    const now = Math.floor(clock() / 1000);
    const read = frames.map((frame) => readSighting(frame, { valueUnder, now }));
    for (const one of read) if (typeof one === "string") box.refuse(one);
    const sightings = read.filter((one) => typeof one !== "string");
    const { signal } = this.#closed;
    while (sightings.length > 0 && !box.take(sightings) && !signal.aborted) {
      await pause(FULL, undefined, { signal }).catch(() => undefined);
    }
  }
}
