import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Indicator } from "../../../src/model/indicator.ts";

/** A request as it came. */
export interface Received {
  path: string;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

/** An event as a receiver reads it. */
export interface ReceivedEvent {
  id: string;
  source: string;
  type: string;
  subject: string;
  time: string;
  sequence: string;
  data: Indicator & Record<string, unknown>;
}

/** What the receiver does instead of answering 200; `after`: once it has applied the batch. */
export interface Fault {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  /** The connection ends without an answer. */
  hangUp?: boolean;
  after?: boolean;
}

export interface ReceiverOptions {
  /** The secret in its `whsec_` form. */
  secret: string;
  /** Unix milliseconds. */
  clock: () => number;
  tls?: { key: string; cert: string };
}

/** So far a timestamp may be off, seconds. */
const TOLERANCE = 5 * 60;

/**
 * A receiver of webhooks as the text of Standard Webhooks wants it: it verifies each request before it looks into it, and
 * applies each event once by its id.
 */
export class AReceiver implements AsyncDisposable {
  readonly received: Received[] = [];
  /** The events of each batch that was taken, repetitions too. */
  readonly batches: ReceivedEvent[][] = [];
  /** What it holds, by subject. */
  readonly held = new Map<string, ReceivedEvent["data"]>();
  /** The events that it took for new ones. */
  readonly applied: ReceivedEvent[] = [];
  fault: (received: Received) => Fault | undefined = () => undefined;
  readonly #options: ReceiverOptions;
  readonly #server: Server;
  readonly #seen = new Set<string>();

  private constructor(options: ReceiverOptions) {
    this.#options = options;
    const hear = (request: IncomingMessage, response: ServerResponse) => void this.#hear(request, response);
    this.#server = options.tls ? createHttpsServer(options.tls, hear) : createHttpServer(hear);
  }

  static async start(options: ReceiverOptions): Promise<AReceiver> {
    const receiver = new AReceiver(options);
    await new Promise<void>((resolve) => receiver.#server.listen(0, "127.0.0.1", resolve));
    return receiver;
  }

  get url(): string {
    const address = this.#server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    return `${this.#options.tls ? "https" : "http"}://127.0.0.1:${port}/hooks/t0ken-in-the-path/`;
  }

  /** Whether the headers prove the body. */
  verifies({ headers, body }: Received, secret = this.#options.secret): boolean {
    const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures } = headers;
    if (typeof id !== "string" || id.includes(".") || typeof timestamp !== "string") return false;
    if (!/^\d+$/.test(timestamp) || typeof signatures !== "string") return false;
    if (Math.abs(this.#options.clock() / 1000 - Number(timestamp)) > TOLERANCE) return false;
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
    const expected = createHmac("sha256", key)
      .update(Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]))
      .digest();
    return signatures.split(" ").some((signature) => {
      const [version, digest = ""] = signature.split(",");
      const given = Buffer.from(digest, "base64");
      return version === "v1" && given.length === expected.length && timingSafeEqual(given, expected);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const received = { path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks) };
    this.received.push(received);
    const fault = this.fault(received);
    if (!fault || fault.after) {
      if (!this.verifies(received)) return void response.writeHead(401).end();
      if (!isBatch(received.headers["content-type"])) return void response.writeHead(415).end();
      this.#take(JSON.parse(received.body.toString()));
    }
    if (fault?.hangUp) request.socket.destroy();
    else response.writeHead(fault?.status ?? 200, fault?.headers).end(fault?.body ?? "");
  }

  #take(events: ReceivedEvent[]): void {
    this.batches.push(events);
    for (const event of events) {
      const id = JSON.stringify([event.source, event.id]);
      if (this.#seen.has(id)) continue;
      this.#seen.add(id);
      this.applied.push(event);
      if (event.type.endsWith(".removed")) this.held.delete(event.subject);
      else this.held.set(event.subject, event.data);
    }
  }
}

function isBatch(type: string | undefined): boolean {
  return type?.split(";")[0] === "application/cloudevents-batch+json";
}
