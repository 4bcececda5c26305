import { setImmediate as nextTurn } from "node:timers/promises";
import { Subscriber } from "zeromq";
import { isIpv6 } from "../model/port.ts";
import { TOPICS } from "./messages.ts";

export interface FeedSettings {
  endpoint: string;
  username?: string | undefined;
  password?: string | undefined;
}

export interface FeedOptions {
  /** Milliseconds. */
  clock: () => number;
  onLine: (event: LineEvent) => void;
  /** How many messages one batch holds at the most, which bounds how long a transaction takes. */
  batch: number;
}

/** What the socket notices of its line; times are milliseconds of the clock. */
export type LineEvent = { kind: "connected" | "disconnected" | "refused"; at: number; cause?: string };

/**
 * How many messages may wait in the socket while a batch is worked on. ZeroMQ's default, 1000, silently loses the rest of
 * any larger burst.
 */
const RECEIVE_HIGH_WATER_MARK = 500_000;
/** A publisher that starts again sends its backlog one second later: whoever is not back by then never gets it. */
const RECONNECT = 100;
/** To a publisher that refused our login, or wants none or one, ZeroMQ does not come back by itself: we do, after so many milliseconds. */
const GIVEN_UP = 500;
/** Beyond so many messages the socket keeps them, which is cheaper than an array, and counts them. */
const TAKEN = 4_000;
/** After so many messages without a pause, the socket may have run over its mark. */
const OVERRUN = RECEIVE_HIGH_WATER_MARK / 2;

/** Frames that arrived together. `overrun`: the socket was so far behind that it may have dropped some. */
export interface Batch {
  frames: Buffer[];
  overrun: boolean;
  /** They are in the ledger: to be told where whoever sent them would send them once more otherwise. */
  saved?: () => void;
}

/** Where MISP tells what it does, whatever carries it. */
export interface MispFeed extends AsyncDisposable {
  /** Frames in batches, in the order of arrival; ends when the feed is closed. */
  batches(): AsyncGenerator<Batch>;
  /** Ends `batches()`. */
  close(): void;
}

/** MISP's ZeroMQ feed: batches of raw frames, in the order of arrival, as they come. */
export class Feed implements MispFeed {
  readonly #socket: Subscriber;
  readonly #endpoint: string;
  readonly #options: FeedOptions;
  #frames: Buffer[] = [];
  #arrived: () => void = () => {};
  #closed = false;
  #told: LineEvent["kind"] | undefined;
  #return: NodeJS.Timeout | undefined;

  constructor(settings: FeedSettings, options: FeedOptions) {
    this.#endpoint = settings.endpoint;
    this.#options = options;
    this.#socket = new Subscriber({
      receiveHighWaterMark: RECEIVE_HIGH_WATER_MARK,
      reconnectInterval: RECONNECT,
      reconnectMaxInterval: RECONNECT,
      heartbeatInterval: 5_000,
      heartbeatTimeout: 15_000,
      tcpKeepalive: 1,
      linger: 0,
      ipv6: isIpv6(settings.endpoint),
      ...(settings.username ? { plainUsername: settings.username, plainPassword: settings.password ?? "" } : {}),
    });
    this.#watch();
    // With the space: a subscription is a prefix, and `misp_json` alone is the beginning of every topic.
    this.#socket.subscribe(...TOPICS.map((topic) => `${topic} `));
    this.#socket.connect(this.#endpoint);
  }

  /** Whether a publisher is at the other end. It says nothing of a publisher that refuses our password: that is silence. */
  get connected(): boolean {
    return this.#told === "connected";
  }

  /** Frames in batches, never empty ones; ends when the feed is closed. */
  async *batches(): AsyncGenerator<Batch> {
    const reading = this.#read();
    // Its failure is thrown below, once all that arrived before was handed out.
    reading.catch(() => undefined);
    let unbroken = 0;
    while (!this.#closed || this.#frames.length > 0) {
      if (this.#frames.length === 0) {
        unbroken = 0;
        await new Promise<void>((resolve) => (this.#arrived = resolve));
      }
      // One turn of the event loop, so that what has already arrived makes one batch.
      await nextTurn();
      if (this.#frames.length === 0) continue;
      const frames = this.#frames.splice(0, this.#options.batch);
      unbroken += frames.length;
      yield { frames, overrun: unbroken > OVERRUN };
      if (unbroken > OVERRUN) unbroken = 0;
    }
    await reading;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  async #read(): Promise<void> {
    try {
      for await (const [frame] of this.#socket) {
        if (frame) this.#frames.push(frame);
        this.#arrived();
        if (this.#frames.length >= TAKEN) await this.#drained();
      }
    } catch (error) {
      // A socket that was closed while more was arriving says so in several ways.
      if (!this.#closed) throw error;
    } finally {
      this.close();
    }
  }

  async #drained(): Promise<void> {
    while (this.#frames.length >= this.#options.batch && !this.#closed) await nextTurn();
  }

  /** Ends `batches()` once what has arrived was handed out. */
  close(): void {
    if (!this.#closed) {
      this.#closed = true;
      clearTimeout(this.#return);
      this.#socket.close();
    }
    this.#arrived();
  }

  #watch(): void {
    const { events } = this.#socket;
    events.on("handshake", () => this.#line("connected"));
    events.on("disconnect", () => {
      this.#line("disconnected");
      this.#comeBack();
    });
    events.on("connect:retry", () => clearTimeout(this.#return));
    events.on("handshake:error:auth", () => this.#line("refused"));
  }

  /** Unless ZeroMQ says meanwhile that it does so itself. */
  #comeBack(): void {
    clearTimeout(this.#return);
    if (this.#closed) return;
    this.#return = setTimeout(() => {
      this.#socket.disconnect(this.#endpoint);
      this.#socket.connect(this.#endpoint);
    }, GIVEN_UP);
  }

  /** Each try to come back ends as the one before: that is no news. */
  #line(kind: LineEvent["kind"]): void {
    const isNews = kind === "connected" || (kind !== this.#told && this.#told !== "refused");
    if (this.#closed || !isNews) return;
    this.#told = kind;
    this.#options.onLine({ kind, at: this.#options.clock() });
  }
}
