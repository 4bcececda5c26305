import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Faults } from "./faults.ts";
import { searchHeaders } from "./filters.ts";
import type { Instance } from "./instance.ts";
import { answer, parseRequest, problem, type RestAnswer, type RestRequest } from "./request.ts";
import { allRoutes, type RouteEntry } from "./routes.ts";

/** One request that was seen, in the order of arrival. */
export interface SeenRequest {
  method: string;
  path: string;
  body: unknown;
}

const SEEN_AT_MOST = 10_000;
const NO_KEY =
  "Authentication failed. Please make sure you pass the API key of an API enabled user along in the Authorization header.";

/** The REST side on loopback. What goes wrong with an answer is read from the faults at each request. */
export class RestServer {
  /** The last requests, the newest at the end. */
  readonly requests: SeenRequest[] = [];
  readonly #server: Server;
  readonly #routes: ReadonlyMap<string, RouteEntry> = allRoutes();
  readonly #instance: Instance;
  readonly #key: string;
  readonly #faults: Faults;

  private constructor(instance: Instance, key: string, faults: Faults) {
    this.#instance = instance;
    this.#key = key;
    this.#faults = faults;
    this.#server = createServer((incoming, outgoing) => void this.#serve(incoming, outgoing));
  }

  static async open(port: number, instance: Instance, key: string, faults: Faults): Promise<RestServer> {
    const opened = new RestServer(instance, key, faults);
    await new Promise<void>((resolve, reject) => {
      opened.#server.once("error", reject).listen(port, "127.0.0.1", resolve);
    });
    return opened;
  }

  get url(): string {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "";
  }

  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      const text = await textOf(incoming);
      const { method = "GET", url = "/" } = incoming;
      // MISP reads a body only when it is called JSON; without that the query runs unfiltered.
      const body = incoming.headers["content-type"]?.includes("json") ? parsed(text) : undefined;
      this.#remember({ method, path: url, body });
      if (this.#faults.restDelay > 0) await sleep(this.#faults.restDelay, undefined, { ref: false });
      if (this.#faults.restDown) return void incoming.socket.resetAndDestroy();
      const key = incoming.headers["x-misp-auth"] ?? incoming.headers.authorization;
      this.#write(outgoing, this.#answer(parseRequest(method, url, body), key));
    } catch (error) {
      const message = error instanceof Error ? error.message : "An Internal Error Has Occurred.";
      if (outgoing.headersSent) outgoing.destroy();
      else this.#write(outgoing, { status: 500, body: { name: message, message, url: incoming.url } });
    }
  }

  #remember(request: SeenRequest): void {
    this.requests.push(request);
    if (this.requests.length > SEEN_AT_MOST) this.requests.shift();
  }

  #answer(request: RestRequest, key: unknown): RestAnswer {
    const { restStatus, mostRows, tooLarge, errorInside, emptyAnswers, missingRoutes } = this.#faults;
    if (restStatus !== undefined) return faulty(request, restStatus);
    if (request.route.endsWith("restSearch") && Number(request.fields.limit) > mostRows) return faulty(request, 500);
    if (tooLarge.some((event) => asksWhole(request, event))) return faulty(request, 500);
    if (key !== this.#key) return problem(request, 403, NO_KEY);
    if (errorInside) return answer({ errors: "An Internal Error Has Occurred." });
    const route = this.#routes.get(request.route);
    if (!route || missingRoutes.includes(request.route))
      return problem(request, 404, `Action ${request.route} not found.`);
    if (emptyAnswers && route.empty !== undefined) return answer(route.empty, searchHeaders(0));
    if (request.body === BROKEN) return problem(request, 405, "Invalid JSON input. Make sure that it is correct.");
    if (route.needs !== undefined && this.#instance.account.role[route.needs] !== true) {
      return problem(request, 403, "You do not have permission to use this functionality.");
    }
    return route.run(request, this.#instance);
  }

  #write(outgoing: ServerResponse, { status, body, text, headers }: RestAnswer): void {
    const { truncated } = this.#faults;
    const whole = Buffer.from(text ?? JSON.stringify(body));
    const half = whole.subarray(0, whole.length / 2);
    const shown = truncated === true ? half : whole;
    outgoing.writeHead(status, {
      ...headers,
      "Content-Type": "application/json; charset=UTF-8",
      "Content-Length": shown.length,
    });
    if (truncated !== "connection") return void outgoing.end(shown);
    outgoing.write(half, () => outgoing.destroy());
  }
}

const BROKEN = Symbol("a body that is no JSON");

function parsed(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return BROKEN;
  }
}

function asksWhole({ args, fields }: RestRequest, event: string): boolean {
  return args.includes(event) || (!fields.metadata && [fields.uuid].flat().includes(event));
}

function faulty(request: RestRequest, status: number): RestAnswer {
  if (status !== 429) return problem(request, status, "An Internal Error Has Occurred.");
  const headers = { "Retry-After": "1", "X-Rate-Limit-Limit": "1", "X-Rate-Limit-Remaining": "0" };
  return { ...problem(request, 429, "Rate limit exceeded."), headers: { ...headers, "X-Rate-Limit-Reset": "1" } };
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
