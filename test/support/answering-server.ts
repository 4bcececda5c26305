import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";

/** What the server was asked. */
export interface Asked {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: unknown;
}

export type Answer = (asked: Asked, response: ServerResponse) => void;

/** Key and certificate in PEM. */
export interface Identity {
  key: string;
  cert: string;
}

/** A web server on loopback that answers as it is told to, and remembers what it was asked. */
export class AnsweringServer implements AsyncDisposable {
  readonly asked: Asked[] = [];
  answer: Answer;
  readonly #server: Server;
  readonly #scheme: "http" | "https";

  private constructor(answer: Answer, identity: Identity | undefined) {
    this.answer = answer;
    this.#scheme = identity ? "https" : "http";
    const hear = (request: IncomingMessage, response: ServerResponse) => void this.#hear(request, response);
    this.#server = identity ? createSecureServer(identity, hear) : createServer(hear);
  }

  /** @param identity speaks TLS with it */
  static async start(answer: Answer = json({}), identity?: Identity): Promise<AnsweringServer> {
    const server = new AnsweringServer(answer, identity);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get url(): string {
    const address = this.#server.address();
    return `${this.#scheme}://127.0.0.1:${isBound(address) ? address.port : 0}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const { method = "", url: path = "", headers } = request;
    const asked = { method, path, headers, body: text === "" ? undefined : JSON.parse(text) };
    this.asked.push(asked);
    this.answer(asked, response);
  }
}

/** Answers with JSON. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return text(JSON.stringify(body), status, { "content-type": "application/json", ...headers });
}

/** Answers with these bytes. */
export function text(body: string, status = 200, headers: Record<string, string> = {}): Answer {
  return (_, response) => response.writeHead(status, headers).end(body);
}

function isBound(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === "object" && address !== null;
}
