import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type Call, filtered, ok, problem, type Reply } from "./answers.ts";
import { classicRoute } from "./classic-routes.ts";
import { collectionRoute } from "./collection-routes.ts";
import { type Faults, noFaults } from "./faults.ts";
import { Store } from "./store.ts";
import { Tasks } from "./tasks.ts";

export interface StandInOptions {
  /** Versions of the API; those from 20.0 on have the collections. */
  versions?: readonly string[];
  /** Milliseconds. */
  clock?: () => number;
  tls?: { key: string; cert: string };
}

/** Versions before this one still answer, with a header that says that they will not for ever. */
const OLDEST_KEPT = 23;

export const TOKEN = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

/** A QRadar console on loopback, as far as reference sets go: both APIs, tasks, versions, its ways of saying no. */
export class StandInQradar implements AsyncDisposable {
  readonly store: Store;
  readonly tasks: Tasks;
  readonly faults: Faults = noFaults();
  /** Method and path of each request, in order. */
  readonly seen: string[] = [];
  /** Bytes of the bodies of all requests. */
  received = 0;
  versions: readonly string[];
  readonly #server: Server;
  readonly #scheme: string;

  private constructor({ versions = ["6.0", "13.1", "26.0"], clock = Date.now, tls }: StandInOptions) {
    this.versions = versions;
    this.store = new Store(clock);
    this.tasks = new Tasks(this.faults, clock);
    this.#scheme = tls ? "https" : "http";
    const hear = (request: IncomingMessage, response: ServerResponse) => void this.#hear(request, response);
    this.#server = tls ? createTlsServer(tls, hear) : createServer(hear);
  }

  static async start(options: StandInOptions = {}, port = 0): Promise<StandInQradar> {
    const console = new StandInQradar(options);
    await new Promise<void>((resolve) => console.#server.listen(port, "127.0.0.1", resolve));
    return console;
  }

  get url(): string {
    const address = this.#server.address();
    return `${this.#scheme}://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = "", url = "/" } = request;
    this.seen.push(`${method} ${url}`);
    this.received += chunks.reduce((sum, { length }) => sum + length, 0);
    if (this.faults.silent) return void request.socket.destroy();
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    // By hand: a URL would take `..` for a step up.
    const [path = "", query] = url.split("?");
    const call = { method, path: path.replace(/^\/api\//, ""), query: new URLSearchParams(query), headers };
    const { status, body, headers: more } = this.#answer({ ...call, text: Buffer.concat(chunks).toString() });
    const text = typeof body === "string" ? body : JSON.stringify(body);
    response.writeHead(status, { "content-type": "application/json;charset=UTF-8", ...more }).end(text);
  }

  #answer(call: Call): Reply {
    const { answer, once } = this.faults;
    if (answer) return answer;
    if (once && once.times > 0 && once.matches.test(`${call.method} ${call.path}`)) {
      once.times -= 1;
      return once;
    }
    if (call.headers.sec !== TOKEN)
      return problem(401, 18, 'No SEC header present in request. Please provide it via "SEC: token".');
    const { version = this.versions.at(-1) ?? "" } = call.headers;
    if (!this.versions.includes(version)) {
      return problem(422, 35, `Version ${version} has been removed and is no longer valid`);
    }
    const reply = this.#route(call, version) ?? problem(404, 0, "No endpoint found at this path");
    if (Number(version) >= OLDEST_KEPT) return reply;
    const warning = `Version ${version} is deprecated and will be removed`;
    return { ...reply, headers: { deprecated: warning, ...reply.headers } };
  }

  #route(call: Call, version: string): Reply | undefined {
    if (call.path === "help/versions") {
      return ok(
        this.versions.map((name, id) => ({
          id,
          version: name,
          removed: false,
          deprecated: Number(name) < OLDEST_KEPT,
        })),
      );
    }
    if (call.path === "help/endpoints") {
      const found = filtered(this.#endpoints(), call.query.get("filter"));
      return found ? ok(found) : problem(422, 37, "Failed to parse filter");
    }
    const task = /^system\/task_management\/tasks\/(\d+)$/.exec(call.path);
    if (task) return ok(this.tasks.look(Number(task[1])));
    const collections = Number(version) >= 20 ? collectionRoute(call, this) : undefined;
    return classicRoute(call, this) ?? collections;
  }

  #endpoints() {
    const of = (version: string) => [
      { path: "/siem/offenses/{offense_id}", http_method: "PATCH", version, caller_has_access: true },
      ...(Number(version) < 20
        ? []
        : [
            {
              path: "/reference_data_collections/set_entries",
              http_method: "PATCH",
              version,
              caller_has_access: true,
            },
          ]),
    ];
    return this.versions.flatMap(of);
  }
}
