import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { atomFeed, type Entry, jsonFeed, xmlMessages } from "./atom.ts";
import { EventCollector } from "./event-collector.ts";
import { Failure } from "./kv-collection.ts";
import { KvCollections } from "./kv-routes.ts";

/** What was asked, for tests that count. */
export interface Asked {
  method: string;
  /** Decoded, with the query. */
  path: string;
  /** Of the body. */
  bytes: number;
}

/** An answer in place of the true one. `after`: only once the request was done. */
export interface Fault {
  status: number;
  text?: string;
  headers?: Record<string, string>;
  /** Bytes as they are, in place of a message. */
  body?: string;
  after?: boolean;
  /** Closes the connection in the middle of the answer. */
  cut?: boolean;
}

interface Request {
  method: string;
  path: string;
  parameters: Record<string, string>;
  headers: IncomingMessage["headers"];
  body: string;
}

interface Reply {
  status: number;
  type: string;
  body: string;
  headers?: Record<string, string> | undefined;
}

/** Splunk's management port and event collector on one port of loopback, as far as the KV store goes. */
export class StandInSplunk implements AsyncDisposable {
  readonly token = "eyJraWQiOiJzcGx1bmsuc2VjcmV0In0.s3cret.jwt";
  readonly user = { name: "admin", password: "changed!" };
  readonly #sessionKey = "192fd3e46a31246da7ea7f109e7f95fd";
  readonly apps = new Set(["search", "system", "misp_courier"]);
  readonly collections = new KvCollections();
  readonly collector = new EventCollector();
  readonly asked: Asked[] = [];
  /** Tokens run out, too. */
  tokenIsValid = true;
  /** Says which requests go wrong, and how. */
  fault: (asked: Asked) => Fault | undefined = () => undefined;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((incoming, response) => void this.#hear(incoming, response));
  }

  static async start(port = 0): Promise<StandInSplunk> {
    const splunk = new StandInSplunk();
    await new Promise<void>((resolve) => splunk.#server.listen(port, "127.0.0.1", resolve));
    return splunk;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #hear(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const { method = "", headers } = incoming;
    const url = new URL(incoming.url ?? "", "http://splunk");
    const asked = { method, path: decodeURIComponent(url.pathname + url.search), bytes: Buffer.byteLength(body) };
    this.asked.push(asked);
    const request = { method, path: url.pathname, parameters: Object.fromEntries(url.searchParams), headers, body };
    const fault = this.fault(asked);
    if (fault && !fault.after) return send(response, faulty(fault), fault.cut);
    const reply = this.#reply(request);
    send(response, fault ? faulty(fault) : reply, fault?.cut);
  }

  #reply(request: Request): Reply {
    try {
      return this.#route(request);
    } catch (error) {
      if (error instanceof Failure) return complaint(error, request);
      throw error;
    }
  }

  #route(request: Request): Reply {
    const { path, headers, parameters, body } = request;
    if (path.startsWith("/services/collector/")) {
      const channel = headers["x-splunk-request-channel"]?.toString() ?? parameters.channel;
      const { status, body: told } = this.collector.answer(path, headers.authorization, channel, body);
      return jsonReply(status, told);
    }
    if (path.endsWith("/services/auth/login")) return this.#login(body);
    this.#authenticate(headers.authorization);
    const inNamespace = /^\/servicesNS\/([^/]+)\/([^/]+)\/storage\/collections\/(config|data)(?:\/(.*))?$/.exec(path);
    if (inNamespace) return this.#storage(request, inNamespace);
    return this.#system(request);
  }

  #storage(request: Request, [, owner, app = "", kind, rest = ""]: RegExpExecArray): Reply {
    if (owner !== "nobody") throw new Failure(400, "KV store collections belong to nobody.");
    if (!this.apps.has(app)) throw new Failure(404, `Application does not exist: ${app}`);
    const segments = rest.split("/").filter((segment) => segment !== "");
    const asked = { ...request, app, rest: segments.map(decodeURIComponent) };
    if (kind === "config") {
      const { status, entries } = this.collections.config(asked);
      return feed("collections-conf", entries, request, status);
    }
    const { status, body } = this.collections.data(asked);
    return body === undefined ? jsonReply(status, "") : jsonReply(status, body);
  }

  #system(request: Request): Reply {
    const path = request.path.replace(/^\/servicesNS\/[^/]+\/[^/]+/, "/services");
    const limits = Object.entries(this.collections.limits).map(([name, value]) => [name, `${value}`]);
    const known: Record<string, Entry[]> = {
      "/services/messages": [],
      "/services/server/info": [entry("server-info", path, { version: "9.4.0", serverName: "stand-in" })],
      "/services/configs/conf-limits/kvstore": [entry("kvstore", path, Object.fromEntries(limits))],
    };
    const entries = known[path.replace(/\/$/, "")];
    if (!entries) throw new Failure(404, "Not Found");
    return feed(path, entries, request, 200);
  }

  #login(body: string): Reply {
    const { username, password } = Object.fromEntries(new URLSearchParams(body));
    if (username !== this.user.name || password !== this.user.password) throw new Failure(401, "Login failed");
    const xml = `<response><sessionKey>${this.#sessionKey}</sessionKey></response>`;
    return { status: 200, type: "text/xml", body: xml };
  }

  #authenticate(authorization: string | undefined): void {
    const { name, password } = this.user;
    const basic = `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;
    const accepted = [`Splunk ${this.#sessionKey}`, basic, ...(this.tokenIsValid ? [`Bearer ${this.token}`] : [])];
    if (!accepted.includes(authorization ?? "")) throw new Failure(401, "call not properly authenticated");
  }
}

function entry(name: string, path: string, content: Record<string, string>): Entry {
  return { name, path, app: "system", content };
}

function feed(title: string, entries: readonly Entry[], { parameters }: Request, status: number): Reply {
  if (parameters.output_mode === "json") return jsonReply(status, jsonFeed(title, entries));
  return { status, type: "text/xml", body: atomFeed(title, entries) };
}

/** The data endpoints speak JSON, those of configuration XML unless asked otherwise. */
function complaint({ status, message }: Failure, { path, parameters }: Request): Reply {
  if (path.includes("/collections/data/") || parameters.output_mode === "json")
    return jsonReply(status, messages(message));
  return { status, type: "text/xml", body: xmlMessages(message) };
}

function faulty({ status, text = "Something is wrong", headers, body }: Fault): Reply {
  return { ...jsonReply(status, messages(text)), headers, ...(body === undefined ? {} : { body }) };
}

function messages(text: string) {
  return { messages: [{ type: "ERROR", text }] };
}

function jsonReply(status: number, body: unknown): Reply {
  return { status, type: "application/json", body: body === "" ? "" : JSON.stringify(body) };
}

function send(response: ServerResponse, { status, type, body, headers }: Reply, cut = false): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { "Content-Type": type, "Content-Length": bytes.length, ...headers });
  if (!cut) return void response.end(bytes);
  response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
}
