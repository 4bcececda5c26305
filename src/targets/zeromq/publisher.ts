import { setTimeout as pause } from "node:timers/promises";
import { type Reply, type Socket, XPublisher } from "zeromq";
import { isIpv6 } from "../../model/port.ts";
import { NotNow } from "../target.ts";

/** How many messages wait for one subscriber at the most, in the courier; about a kilobyte each. */
const SEND_HIGH_WATER_MARK = 5_000;
/**
 * A subscriber whose connection takes nothing for so long is disconnected, milliseconds: others of its topic wait for it. One that reads
 * is not, however slowly: ZeroMQ lets its connection rest until five hundred messages more are read.
 */
const FROZEN = 300_000;
/** How long closed sockets go on sending what waits, milliseconds. */
const LINGER = 1_000;
/** The longest that a stranger may send. */
const LONGEST_REQUEST = 4_096;
/** A socket lets go of its port some time after it was closed: then a bind is tried so often, so many milliseconds apart. */
const BIND_TRIES = 30;
const BIND_PAUSE = 50;
/** When an address that is taken is asked for again, milliseconds. */
const TAKEN = 10_000;

/** What sockets share that strangers connect to. */
export const STRANGERS = { maxMessageSize: LONGEST_REQUEST, linger: LINGER };

/**
 * Binds a socket, waiting some seconds for a port that a closed socket still has; closes it when that fails.
 * @returns where it listens
 * @throws NotNow when the address cannot be used
 */
export async function bindSocket(socket: Socket & { lastEndpoint: string | null }, address: string): Promise<string> {
  socket.ipv6 = isIpv6(address);
  for (let tries = 1; ; tries += 1) {
    try {
      await socket.bind(address.replace(/:0$/, ":*"));
      return socket.lastEndpoint ?? address;
    } catch (cause) {
      if (tries === BIND_TRIES || !isInUse(cause)) {
        socket.close();
        const reason = isInUse(cause) ? "another program listens there" : String(cause);
        throw new NotNow(`cannot listen at ${address}: ${reason}`, { cause, wait: TAKEN });
      }
      await pause(BIND_PAUSE);
    }
  }
}

/** The port at the end of an address. */
export function portOf(endpoint: string): number {
  return Number(endpoint.slice(endpoint.lastIndexOf(":") + 1));
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}

/** What a socket hears until it is closed: one that is closed while more arrives says so in several ways. */
export async function* heardBy(socket: Reply | XPublisher): AsyncGenerator<Buffer> {
  try {
    for await (const [frame] of socket) if (frame) yield frame;
  } catch (error) {
    if (!socket.closed) throw error;
  }
}

/** A socket that tells when its queue is full, and who subscribes to what. */
export class Publisher {
  readonly endpoint: string;
  readonly #socket: XPublisher;

  private constructor(socket: XPublisher, endpoint: string) {
    this.#socket = socket;
    this.endpoint = endpoint;
  }

  /** @throws NotNow when the address cannot be used */
  static async open(bind: string, frozen = FROZEN): Promise<Publisher> {
    const socket = new XPublisher({
      ...STRANGERS,
      sendHighWaterMark: SEND_HIGH_WATER_MARK,
      noDrop: true,
      tcpMaxRetransmitTimeout: frozen,
      // Also of the second subscriber of a topic.
      verbosity: "allSubs",
    });
    return new Publisher(socket, await bindSocket(socket, bind));
  }

  /** Sends to all whose subscription begins the message; false, and nobody gets it, when the queue of one of them is full. */
  async send(message: string): Promise<boolean> {
    try {
      await this.#socket.send(message);
      return true;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "EAGAIN") return false;
      throw error;
    }
  }

  /** Tells of each subscription, and of each prefix that the last subscriber leaves, until it is closed. */
  async *subscriptions(): AsyncGenerator<{ prefix: string; begins: boolean }> {
    for await (const frame of heardBy(this.#socket)) {
      // Messages that are no subscription begin otherwise.
      const [sign = 2] = frame;
      if (sign < 2) yield { prefix: String(frame.subarray(1)), begins: sign === 1 };
    }
  }

  close(): void {
    this.#socket.close();
  }
}
