import { randomInt } from "node:crypto";
import { Reply } from "zeromq";
import { bindSocket, heardBy, portOf, STRANGERS } from "./publisher.ts";

/** What an application asked for when it was given a topic of its own. */
interface Registration {
  /** Whether indicators are among what it wants. */
  indicators: boolean;
  snapshot: boolean;
  /** When it gave a sign of life last, Unix milliseconds. */
  heard: number;
}

interface Answer {
  status: "success" | "error" | "unknown request";
  topic?: string;
  pub_port?: number;
  sub_port?: number;
}

export interface DeskOptions {
  /** Where subscribers connect to. */
  endpoint: string;
  /** The port where applications send sightings to. */
  sightingsPort: () => number;
  /** The topic of indicators. */
  topic: string;
  clock: () => number;
  /** An application gives its topic back. */
  left(topic: string): void;
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const TOPIC_LENGTH = 32;
const MOST_TOPICS = 1_000;
/** Applications speak every five seconds; one that was silent for so long makes room for others, milliseconds. */
const SILENCE = 60_000;
const ERROR: Answer = { status: "error" };
const SUCCESS: Answer = { status: "success" };

/** The management endpoint of Threat Bus: gives applications a topic of their own, on which only they are spoken to. */
export class Desk {
  readonly #options: DeskOptions;
  readonly #socket = new Reply({ ...STRANGERS });
  readonly #registrations = new Map<string, Registration>();

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  /** @throws NotNow when the address cannot be used */
  async open(address: string): Promise<void> {
    await bindSocket(this.#socket, address);
    void this.#serve();
  }

  /** What the owner of a topic asked for; `undefined` where it is nobody's. */
  registration(topic: string): Readonly<Registration> | undefined {
    return this.#registrations.get(topic);
  }

  /** The owner of a topic is gone: its next sign of life is told so, and it asks for another. */
  forget(topic: string): void {
    this.#registrations.delete(topic);
  }

  close(): void {
    this.#socket.close();
  }

  async #serve(): Promise<void> {
    for await (const frame of heardBy(this.#socket)) {
      try {
        await this.#socket.send(JSON.stringify(this.#answer(String(frame))));
      } catch (error) {
        if (!this.#socket.closed) throw error;
      }
    }
  }

  #answer(text: string): Answer {
    const request = requestIn(text);
    if (!request) return ERROR;
    const { action, topic, snapshot } = request;
    if (action === "subscribe") return this.#subscribe(topic, snapshot);
    const registration = typeof topic === "string" ? this.#registrations.get(topic) : undefined;
    if (action === "heartbeat") return registration ? this.#alive(registration) : ERROR;
    if (action !== "unsubscribe") return { status: "unknown request" };
    if (!registration || typeof topic !== "string") return ERROR;
    this.#registrations.delete(topic);
    this.#options.left(topic);
    return SUCCESS;
  }

  #subscribe(wanted: unknown, days: unknown): Answer {
    const topics = [wanted].flat().filter((topic) => typeof topic === "string" && topic !== "");
    this.#makeRoom();
    if (topics.length === 0 || this.#registrations.size >= MOST_TOPICS) return ERROR;
    const topic = Array.from({ length: TOPIC_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join("");
    this.#registrations.set(topic, {
      indicators: topics.some((prefix) => this.#options.topic.startsWith(String(prefix))),
      snapshot: Number(days ?? 0) > 0,
      heard: this.#options.clock(),
    });
    const { endpoint, sightingsPort } = this.#options;
    return { topic, pub_port: portOf(endpoint), sub_port: sightingsPort(), status: "success" };
  }

  #alive(registration: Registration): Answer {
    registration.heard = this.#options.clock();
    return SUCCESS;
  }

  #makeRoom(): void {
    if (this.#registrations.size < MOST_TOPICS) return;
    const oldest = this.#options.clock() - SILENCE;
    for (const [topic, { heard }] of this.#registrations) {
      if (heard >= oldest) continue;
      this.#registrations.delete(topic);
      this.#options.left(topic);
    }
  }
}

function requestIn(text: string): Record<string, unknown> | undefined {
  try {
    const request: unknown = JSON.parse(text);
    return typeof request === "object" && request !== null ? { ...request } : undefined;
  } catch {
    return undefined;
  }
}
