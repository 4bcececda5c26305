import { afterEach, beforeEach, expect } from "vitest";
import { Subscriber } from "zeromq";
import { StandInMisp, type StandInOptions } from "../../src/demo/stand-in/stand-in-misp.ts";

/** What one subscriber hears, in order; `lines` tells topic and action, as in `tag add`. */
export class Ear {
  readonly messages: { topic: string; body: unknown }[] = [];
  readonly #socket: Subscriber;

  constructor(endpoint: string, login: { plainUsername?: string; plainPassword?: string } = {}) {
    this.#socket = new Subscriber({ receiveHighWaterMark: 0, reconnectInterval: 20, linger: 0, ...login });
    this.#socket.connect(endpoint);
    this.#socket.subscribe("misp_json");
    void this.#listen();
  }

  get lines(): string[] {
    return this.messages.map(({ topic, body }) => {
      const action = part(body, "action");
      return topic.replace("misp_json_", "") + (action === undefined ? "" : ` ${action}`);
    });
  }

  /** The lines heard until the stand-in said that it is alive. */
  async until(standIn: StandInMisp): Promise<string[]> {
    standIn.sayAlive();
    await expect.poll(() => this.messages.at(-1)?.topic).toBe("misp_json_self");
    return this.lines.slice(0, -1);
  }

  /** The body of the last message with this line. */
  body(line: string): unknown {
    return this.messages[this.lines.lastIndexOf(line)]?.body;
  }

  forget(): void {
    this.messages.length = 0;
  }

  close(): void {
    this.#socket.close();
  }

  async #listen(): Promise<void> {
    for await (const [frame] of this.#socket) {
      const text = `${frame}`;
      const space = text.indexOf(" ");
      this.messages.push({ topic: text.slice(0, space), body: JSON.parse(text.slice(space + 1)) });
    }
  }
}

/** One part of a parsed body by its path (`Event.Attribute.0.value`); undefined where there is none. */
export function part(body: unknown, path: string): unknown {
  return path.split(".").reduce((value: unknown, name) => {
    return typeof value === "object" && value !== null
      ? Object.entries(value).find(([key]) => key === name)?.[1]
      : undefined;
  }, body);
}

/** The same part of every element of a parsed array. */
export function parts(body: unknown, path: string): unknown[] {
  return Array.isArray(body) ? body.map((element) => part(element, path)) : [];
}

/** A stand-in with a listener for every test of a file, and requests to it. Its clock begins at 1,800,000,000 s. */
export class Lab {
  now = 0;
  readonly #opened: { close(): unknown }[] = [];
  #misp: StandInMisp | undefined;
  #ear: Ear | undefined;

  constructor() {
    beforeEach(() => this.#begin());
    afterEach(() => this.#end());
  }

  get misp(): StandInMisp {
    if (!this.#misp) throw new Error("No test is running");
    return this.#misp;
  }

  get ear(): Ear {
    if (!this.#ear) throw new Error("No test is running");
    return this.#ear;
  }

  /** Closes something at the end of the test. */
  keep<Closeable extends { close(): unknown }>(opened: Closeable): Closeable {
    this.#opened.push(opened);
    return opened;
  }

  async open(options: StandInOptions = {}): Promise<StandInMisp> {
    return this.keep(await StandInMisp.open({ clock: () => this.now, silent: true, ...options }));
  }

  get(path: string, key = this.misp.key) {
    return this.#ask("GET", path, key);
  }

  post(path: string, body: unknown) {
    return this.#ask("POST", path, this.misp.key, JSON.stringify(body));
  }

  /** The values that `attributes/restSearch` finds, in its order. */
  async found(filter: Record<string, unknown>): Promise<unknown[]> {
    const answer = await this.post("/attributes/restSearch", filter);
    return parts(answer.at("response.Attribute"), "value");
  }

  async #ask(method: string, path: string, key: string, body?: string) {
    const headers = { Authorization: key, "Content-Type": "application/json" };
    const answer = await fetch(this.misp.url + path, { method, headers, ...(body !== undefined && { body }) });
    const parsed: unknown = await answer.json();
    const at = (path: string) => part(parsed, path);
    return { status: answer.status, headers: answer.headers, body: parsed, at };
  }

  async #begin(): Promise<void> {
    this.now = 1_800_000_000_000;
    this.#misp = await this.open();
    this.#ear = this.keep(new Ear(this.#misp.endpoint));
    await this.#misp.heard("misp_json");
  }

  async #end(): Promise<void> {
    for (const one of this.#opened.splice(0).reverse()) await one.close();
  }
}
