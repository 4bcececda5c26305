import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Logger } from "../log.ts";
import { StateUnwritable } from "../state/damaged.ts";
import { type Admission, admission } from "./admission.ts";

/** What is asked for, and whether anybody may. */
export interface Route {
  /** Matched against the whole path. */
  path: RegExp;
  /** What changes something is a `POST`, and is only done for who shows the token. */
  method?: "POST";
  /** Programs of this machine may ask for it without a token, where the configuration has none. */
  local?: boolean;
  /** Answered without a token. */
  open?: boolean;
  answer(asked: Asked): void | Promise<void>;
}

export interface Asked {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  /** What the path's groups matched. */
  parts: readonly string[];
}

export interface WebServerOptions {
  listen: { host: string; port: number };
  token: string | undefined;
  routes: readonly Route[];
  log: Logger;
}

/** Scripts and styles come from here alone, and none stands in the page: what is no markup cannot become any. */
const HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};
/** Each in a line of its own: Chromium takes a line for one challenge, and asks nobody where it begins with `Bearer`. */
const CHALLENGES = ['Basic realm="misp-courier", charset="UTF-8"', 'Bearer realm="misp-courier"'];
/** What a disk that is full keeps from being done. */
export const UNWRITABLE = "The courier's disk cannot be written now.";
/** More at once are turned away. */
const MOST_CONNECTIONS = 200;
/** Bytes: the longest value that MISP can hold stands in an address, up to three times as long there. */
const LONGEST_HEAD = 262_144;
/** How long who has connected may take to say what it wants, milliseconds: those who say nothing would keep the others out. */
const HEAD_TIMEOUT = 5_000;
const LOOK_FOR_SILENT = 1_000;

/** The courier's web server. */
export class WebServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #options: WebServerOptions;
  readonly #admission: Admission;

  private constructor(options: WebServerOptions) {
    this.#options = options;
    this.#admission = admission(options.token);
    this.#server = createServer(
      { maxHeaderSize: LONGEST_HEAD, headersTimeout: HEAD_TIMEOUT, connectionsCheckingInterval: LOOK_FOR_SILENT },
      (request, response) => void this.#answer(request, response),
    );
    this.#server.maxConnections = MOST_CONNECTIONS;
  }

  /** Rejects when the address cannot be listened on. */
  static async open(options: WebServerOptions): Promise<WebServer> {
    const web = new WebServer(options);
    const { host, port } = options.listen;
    await new Promise<void>((resolve, reject) => {
      web.#server.once("error", reject);
      web.#server.listen(port, host, resolve);
    });
    return web;
  }

  /** Where it is, with the port that it was given. */
  get url(): string {
    const { host, port } = this.#options.listen;
    const address = this.#server.address();
    const given = typeof address === "object" && address !== null ? address.port : port;
    return `http://${host.includes(":") ? `[${host}]` : host}:${given}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    try {
      await this.#route(request, response);
    } catch (error) {
      // Who hung up in the middle of it did nothing that the log should tell.
      if (error === request.errored) return;
      // The log tells of the full disk already, and whoever asked can come back.
      if (error instanceof StateUnwritable && !response.headersSent) return refuse(response, 503, UNWRITABLE);
      this.#options.log.error("A web request cannot be answered", { path: request.url, error });
      if (response.headersSent) response.destroy();
      else refuse(response, 500, "This cannot be answered; the log says why.");
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers, method = "", url = "" } = request;
    if (!this.#admission.host(headers)) return refuse(response, 421, "This server is not called that.");
    // Not against a base: that would take `//name` for another host.
    const address = `http://courier${url}`;
    const asked = url.startsWith("/") && URL.canParse(address) ? new URL(address) : undefined;
    const [route, parts] = asked ? this.#find(asked.pathname) : [undefined, []];
    if (!route?.open && !this.#admission.token(headers)) {
      response.setHeader("WWW-Authenticate", CHALLENGES);
      return refuse(response, 401, "The token is missing or wrong.");
    }
    if (!asked || !route) return refuse(response, 404, "There is nothing here.");
    const allowed = route.method ? [route.method] : ["GET", "HEAD"];
    if (!allowed.includes(method)) {
      response.setHeader("Allow", allowed.join(", "));
      return refuse(response, 405, route.method ? "This is done, not read." : "Nothing can be changed here.");
    }
    if (route.method && !this.#mayChange(route, headers)) return refuse(response, 403, this.#wantedBy(route));
    await route.answer({ request, response, url: asked, parts });
  }

  /** Browsers show a token to every page that has them ask; JSON they send to other sites only if those agree, and this does not. */
  #mayChange({ local }: Route, { "content-type": type, origin }: IncomingHttpHeaders): boolean {
    const trusted = this.#options.token !== undefined || (local === true && origin === undefined);
    return trusted && /^application\/json\b/i.test(type ?? "");
  }

  #wantedBy({ local }: Route): string {
    if (this.#options.token !== undefined) return "This wants JSON, with the header Content-Type: application/json.";
    if (local) return "This wants http.token to be set, or JSON from a program of this machine.";
    return "Changes want http.token to be set, and JSON from this server's own page.";
  }

  #find(path: string): [Route | undefined, readonly string[]] {
    for (const route of this.#options.routes) {
      const match = new RegExp(`^(?:${route.path.source})$`).exec(path);
      if (match) return [route, match.slice(1)];
    }
    return [undefined, []];
  }
}

/** Answers that it will not, in one sentence. */
export function refuse(response: ServerResponse, status: number, sentence: string): void {
  answerText(response, status, "text/plain; charset=utf-8", `${sentence}\n`);
}

/** Answers with JSON that nobody keeps. */
export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  answerText(response, status, "application/json; charset=utf-8", `${JSON.stringify(body)}\n`);
}

/** Answers with text that nobody keeps. */
export function answerText(response: ServerResponse, status: number, type: string, text: string): void {
  response.setHeader("Cache-Control", "no-store");
  response.setHeader("Content-Type", type);
  response.setHeader("Content-Length", Buffer.byteLength(text));
  response.writeHead(status).end(text);
}
