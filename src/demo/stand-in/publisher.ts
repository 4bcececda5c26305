import { setTimeout as sleep } from "node:timers/promises";
import { Context, XPublisher } from "zeromq";
import type { Faults } from "./faults.ts";
import { type Login, PlainLogin } from "./plain-login.ts";
import { Subscriptions } from "./subscriptions.ts";

/** How a publisher is opened; times are milliseconds. */
export interface PublisherOptions {
  port: number;
  login: Login | undefined;
  sendHighWaterMark: number;
  /** Messages a second at the most while someone listens. */
  rate: number;
  /** Silence after which `misp_json_self` is sent; undefined: never. */
  aliveAfter: number | undefined;
  /** How long a publisher that was bound again waits before it sends the backlog. */
  settle: number;
  clock: () => number;
  faults: Faults;
}

/**
 * The ZeroMQ side: one queue of frames, sent in order, that outlives the socket as MISP's Redis lists outlive mispzmq.
 * What no subscriber takes in time is dropped by the socket without a word.
 */
export class FeedPublisher {
  readonly subscriptions = new Subscriptions();
  readonly #options: PublisherOptions;
  readonly #context = new Context();
  readonly #closing = new AbortController();
  #login: PlainLogin | undefined;
  #socket: XPublisher | undefined;
  #endpoint: string;
  #waiting: (string | Buffer)[] = [];
  #sending: Promise<void> | undefined;
  #binding: Promise<void> | undefined;
  #bound = 0;
  #killed = false;
  #silence: NodeJS.Timeout | undefined;

  private constructor(options: PublisherOptions) {
    this.#options = options;
    this.#endpoint = `tcp://127.0.0.1:${options.port === 0 ? "*" : options.port}`;
  }

  static async open(options: PublisherOptions): Promise<FeedPublisher> {
    const publisher = new FeedPublisher(options);
    if (options.login) publisher.#login = await PlainLogin.open(publisher.#context, options.login);
    await publisher.#bind();
    return publisher;
  }

  /** Where subscribers connect; stays the same over restarts. */
  get endpoint(): string {
    return this.#endpoint;
  }

  /** Queues one frame; revives a publisher that was killed. */
  push(frame: string | Buffer): void {
    if (this.#closing.signal.aborted) return;
    this.#waiting.push(frame);
    this.#wake();
  }

  /** Sends the idle message now; a dead publisher stays silent. */
  sayAlive(): void {
    const uptime = Math.floor((this.#options.clock() - this.#bound) / 1000);
    if (!this.#socket) return;
    this.push(`misp_json_self {"status": "I feel FANTASTIC and I'm still alive.", "uptime": ${uptime}}`);
  }

  /** Resolves when every frame queued so far and since was handed to the socket. */
  async flushed(): Promise<void> {
    for (let sending = this.#sending; sending; sending = this.#sending) await sending;
  }

  /** Closes the socket and binds it again after `downFor` ms on the same port; the backlog follows after `settle`. */
  async restart(downFor: number): Promise<void> {
    this.#unbind();
    await this.#revive(downFor);
    this.#wake();
  }

  /** Closes the socket; what waits stays, and the next frame binds it again. */
  kill(): void {
    this.#killed = true;
    this.#unbind();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#unbind();
    await this.flushed();
    await this.#binding;
    this.#unbind();
    this.#login?.close();
  }

  #wake(): void {
    this.#killed = false;
    this.#sending ??= this.#send().finally(() => {
      this.#sending = undefined;
    });
  }

  #unbind(): void {
    clearTimeout(this.#silence);
    this.#socket?.close();
    this.#socket = undefined;
    this.subscriptions.clear();
  }

  async #send(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#killed && !this.#closing.signal.aborted) {
      if (this.#binding || !this.#socket) await this.#revive(0);
      const batch = this.#waiting;
      this.#waiting = [];
      const sent = await this.#sendBatch(batch);
      // A socket that was closed on the way leaves the rest to its successor.
      if (sent < batch.length) this.#waiting = [...batch.slice(sent), ...this.#waiting];
    }
  }

  async #sendBatch(batch: readonly (string | Buffer)[]): Promise<number> {
    const socket = this.#socket;
    const start = performance.now();
    let sent = 0;
    for (const frame of batch) {
      if (!socket || socket !== this.#socket) break;
      await socket.send(frame);
      sent += 1;
      if (sent % 50 === 0) await this.#pace(start + (sent / this.#options.rate) * 1000);
    }
    this.#silence?.refresh();
    return sent;
  }

  // mispzmq is no faster than this, so a reader that keeps up loses nothing; to nobody there is nothing to lose.
  async #pace(due: number): Promise<void> {
    const early = this.subscriptions.none() ? 0 : due - performance.now();
    if (early > 1) await sleep(early);
    else await new Promise((resume) => setImmediate(resume));
  }

  #revive(downFor: number): Promise<void> {
    this.#binding ??= this.#bindAgain(downFor).finally(() => {
      this.#binding = undefined;
    });
    return this.#binding;
  }

  async #bindAgain(downFor: number): Promise<void> {
    const pause = (time: number) => sleep(time, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    await pause(downFor);
    if (this.#closing.signal.aborted) return;
    await this.#bind();
    await pause(this.#options.settle);
    if (this.#options.faults.byPriority) this.#waiting = inPriority(this.#waiting);
  }

  async #bind(): Promise<void> {
    const { login, sendHighWaterMark, clock, aliveAfter } = this.#options;
    const socket = new XPublisher({
      context: this.#context,
      sendHighWaterMark,
      linger: 0,
      verbosity: "allSubsUnsubs",
      ...(login && { plainServer: true }),
    });
    await bindPatiently(socket, this.#endpoint);
    this.#endpoint = socket.lastEndpoint ?? this.#endpoint;
    this.#socket = socket;
    this.#bound = clock();
    void this.subscriptions.follow(socket);
    if (aliveAfter === undefined) return;
    this.#silence = setTimeout(() => {
      this.sayAlive();
      this.#silence?.refresh();
    }, aliveAfter).unref();
  }
}

// The port of a closed socket is not always free at once.
async function bindPatiently(socket: XPublisher, endpoint: string, attempts = 50): Promise<void> {
  try {
    await socket.bind(endpoint);
  } catch (error) {
    if (attempts <= 1) throw error;
    await sleep(20);
    await bindPatiently(socket, endpoint, attempts - 1);
  }
}

const PRIORITY = ["", "event", "attribute", "sighting", "organisation", "tag", "warninglist"];

function inPriority(frames: readonly (string | Buffer)[]): (string | Buffer)[] {
  const rank = (frame: string | Buffer) => {
    const topic = `${frame}`.split(" ", 1)[0] ?? "";
    const place = PRIORITY.indexOf(topic.replace(/^misp_json_?/, ""));
    return place < 0 ? PRIORITY.length : place;
  };
  return frames.toSorted((one, other) => rank(one) - rank(other));
}
