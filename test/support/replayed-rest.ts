import { createServer, type IncomingMessage, type Server } from "node:http";
import { json } from "node:stream/consumers";
import { type Answers, publications, type RecordedEvent, type Step, sightings } from "./recording.ts";

interface Answer {
  status: number;
  body: unknown;
}

/**
 * MISP's REST API as recorded: it shows the events and the sightings as they stand after the last step, and its lists of
 * events and attributes are empty. It takes local
 * tags, with the answer that a genuine MISP gave.
 */
export class ReplayedRest implements AsyncDisposable {
  readonly key = "recorded-key-recorded-key-recorded-key-0";
  /** Whether MISP is too busy to list its events, so that nothing is caught up with. */
  busy = false;
  /** The writes of the courier. */
  readonly writes: { path: string; body: unknown }[] = [];
  readonly #answers: Answers;
  readonly #server: Server;
  readonly #events = new Map<string, RecordedEvent>();
  readonly #sightings = new Map<string, { event_id: string }>();
  /** By the UUID of the event that the courier attached it to. */
  readonly #localTags = new Map<string, unknown>();
  /** Events whose publication is not saved yet. */
  readonly #unsaved = new Map<string, RecordedEvent>();

  private constructor(answers: Answers) {
    this.#answers = answers;
    this.#server = createServer((request, response) => {
      void this.#answer(request).then(({ status, body }) => {
        response.writeHead(status, { "Content-Type": "application/json; charset=UTF-8" });
        response.end(JSON.stringify(body));
      });
    });
  }

  static async open(answers: Answers): Promise<ReplayedRest> {
    const rest = new ReplayedRest(answers);
    await new Promise<void>((resolve) => rest.#server.listen(0, "127.0.0.1", resolve));
    return rest;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The server does not listen");
    return `http://127.0.0.1:${address.port}`;
  }

  /**
   * Shows what a step made of the events. MISP sends the message of a publication before it saves it, so the first question
   * after it is answered with what the message says of it.
   */
  become(step: Step): void {
    for (const event of step.events) this.#events.set(event.id, event);
    for (const id of step.gone) this.#events.delete(String(id));
    for (const { Sighting, action } of sightings(step)) {
      if (action === "delete") this.#sightings.delete(Sighting.id);
      else this.#sightings.set(Sighting.id, Sighting);
    }
    for (const { id, published, publish_timestamp } of publications(step)) {
      const saved = this.#events.get(id);
      if (saved) this.#unsaved.set(id, { ...saved, published, publish_timestamp });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const path = request.url ?? "";
    const query = request.method === "POST" ? await json(request) : undefined;
    if (request.headers.authorization !== this.key) return { status: 403, body: { message: "Authentication failed." } };
    switch (`${request.method} ${path}`) {
      case "GET /servers/getVersion":
        return { status: 200, body: this.#answers.version };
      case "GET /users/view/me":
        return { status: 200, body: this.#answers.me };
      case "GET /organisations/index/scope:all":
        return { status: 200, body: this.#answers.organisations };
      case "POST /events/restSearch":
        return { status: 200, body: { response: this.#found(query) } };
      case "POST /attributes/restSearch":
        return { status: 200, body: { response: { Attribute: [] } } };
      case "POST /sightings/restSearch":
        return { status: 200, body: { response: this.#sighted() } };
      case "POST /events/index":
        return this.busy ? { status: 503, body: {} } : { status: 200, body: [] };
      case "POST /tags/attachTagToObject":
        return this.#attach(path, query);
      default:
        return this.#view(path);
    }
  }

  /** A search for one event; any other finds nothing. */
  #found(query: unknown): unknown[] {
    const event = this.#look(member(query, "uuid") ?? member(query, "eventid"));
    if (!event) return [];
    const { Attribute, Object: objects, ...facts } = event;
    return [{ Event: member(query, "metadata") ? facts : event }];
  }

  /** Those of a deleted event are deleted with it. */
  #sighted(): unknown[] {
    const there = [...this.#sightings.values()].filter(({ event_id }) => this.#events.has(event_id));
    return there.map((Sighting) => ({ Sighting }));
  }

  #attach(path: string, body: unknown): Answer {
    this.writes.push({ path, body });
    const event = [...this.#events.values()].find(({ uuid }) => uuid === member(body, "uuid"));
    if (event) this.#localTags.set(event.uuid, { name: member(body, "tag"), local: true });
    const name = `Local tag ${member(body, "tag")}(30) successfully attached to Event(${event?.id}).`;
    return { status: 200, body: { saved: true, success: true, name, message: name, url: path } };
  }

  #view(path: string): Answer {
    const [, wanted] = /^\/events\/view\/([\w-]+)$/.exec(path) ?? [];
    const event = this.#look(wanted);
    return event ? { status: 200, body: { Event: event } } : { status: 404, body: this.#answers.unknown_event };
  }

  #look(wanted: unknown): RecordedEvent | undefined {
    const named = (event: RecordedEvent) => event.uuid === wanted || event.id === String(wanted);
    const event = [...this.#events.values()].find(named);
    const unsaved = event && this.#unsaved.get(event.id);
    if (event) this.#unsaved.delete(event.id);
    const shown = unsaved ?? event;
    const tag = shown && this.#localTags.get(shown.uuid);
    return tag ? { ...shown, Tag: [...(Array.isArray(shown.Tag) ? shown.Tag : []), tag] } : shown;
  }
}

function member(holder: unknown, key: string): unknown {
  return typeof holder === "object" && holder !== null
    ? Object.entries(holder).find(([name]) => name === key)?.[1]
    : undefined;
}
