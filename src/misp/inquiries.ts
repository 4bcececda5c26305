import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import PQueue from "p-queue";
import type { Notice } from "../model/notice.ts";
import { askFacts, askWhole } from "./answers.ts";
import type { MispClient } from "./client.ts";
import { MispError } from "./errors.ts";
import type { EventDesk } from "./event-desk.ts";

/** An event that REST is to be asked about. */
export interface Inquiry {
  /** MISP's number; 0 where only the UUID is known. */
  eventId: number;
  uuid: string | undefined;
  /** Not only its own facts, but all that belongs to it. */
  whole: boolean;
  /** It is said to be published: worth asking again until REST knows of it. */
  published: boolean;
}

export interface InquiriesOptions {
  client: MispClient;
  desk: EventDesk;
  signal: AbortSignal;
  /** Milliseconds. */
  clock: () => number;
  /** Takes in what REST answered, and when it was asked. */
  answer: (notices: Notice[], asked: number) => Promise<void>;
  /** MISP refuses the question for good. */
  failed: (inquiry: Inquiry, error: unknown) => void;
  pace?: Pace | undefined;
}

/** How long to wait before a question is asked again, milliseconds. */
export interface Pace {
  /** MISP sends a publication before it saves it, so the first answers may still be of the time before. */
  again: readonly number[];
  /** For a MISP that cannot answer. */
  patience: { first: number; most: number };
}

const PACE: Pace = { again: [150, 350, 1_000, 3_000, 10_000], patience: { first: 500, most: 60_000 } };
const AT_ONCE = 4;

/** Asks REST what the feed leaves open, a few questions at a time, and about each event once however often it comes up. */
export class Inquiries {
  readonly #options: InquiriesOptions;
  readonly #queue = new PQueue({ concurrency: AT_ONCE });
  /** Events being asked about; the value is what came up since the question was sent. */
  readonly #open = new Map<string, Inquiry | undefined>();
  /** Answers that came in this turn of the event loop. */
  #together: { answers: (readonly Notice[])[]; asked: number; taken: Promise<void> } | undefined;

  constructor(options: InquiriesOptions) {
    this.#options = options;
  }

  get #pace(): Pace {
    return this.#options.pace ?? PACE;
  }

  /** How many events wait for an answer. */
  get size(): number {
    return this.#open.size;
  }

  ask(inquiry: Inquiry): void {
    const key = inquiry.uuid ?? String(inquiry.eventId);
    const open = this.#open.has(key);
    const waiting = this.#open.get(key);
    const published = inquiry.published || waiting?.published === true;
    this.#open.set(key, { ...inquiry, published, whole: inquiry.whole || waiting?.whole === true });
    if (!open) void this.#pursue(key);
  }

  async #pursue(key: string): Promise<void> {
    try {
      for (let next = this.#take(key); next; next = this.#take(key)) await this.#settle(key, next);
    } catch (error) {
      if (!this.#options.signal.aborted) throw error;
    } finally {
      this.#open.delete(key);
    }
  }

  #take(key: string): Inquiry | undefined {
    const inquiry = this.#open.get(key);
    if (inquiry) this.#open.set(key, undefined);
    return inquiry;
  }

  /** Asks once, or, of a publication, until REST knows of it or something new came up. */
  async #settle(key: string, inquiry: Inquiry): Promise<void> {
    try {
      let published = await this.#patiently(inquiry);
      for (const wait of inquiry.published ? this.#pace.again : []) {
        if (published || this.#open.get(key)) return;
        await pause(wait, undefined, { signal: this.#options.signal });
        published = await this.#patiently(inquiry);
      }
    } catch (error) {
      if (this.#options.signal.aborted) throw error;
      this.#options.failed(inquiry, error);
    }
  }

  /** A MISP that cannot answer now is asked again until it can. */
  async #patiently(inquiry: Inquiry): Promise<boolean> {
    const { first, most } = this.#pace.patience;
    for (let wait = first; ; wait = Math.min(wait * 2, most)) {
      try {
        // The desk itself asks for few at a time, and for many in one request.
        if (!inquiry.whole && inquiry.uuid !== undefined) return await this.#once(inquiry);
        return (await this.#queue.add(() => this.#once(inquiry))) === true;
      } catch (error) {
        if (!(error instanceof MispError) || !["unreachable", "busy", "garbled"].includes(error.meaning)) throw error;
        await pause(error.wait ?? wait, undefined, { signal: this.#options.signal });
      }
    }
  }

  /** Returns whether REST says that the event is published. */
  async #once({ whole, eventId, uuid }: Inquiry): Promise<boolean> {
    const { client, desk, signal, clock } = this.#options;
    const asked = clock();
    const event = uuid ?? eventId;
    const notices = await (whole ? askWhole(client, event, signal) : askFacts({ client, desk }, event, signal));
    if (notices.length > 0) await this.#takeIn(notices, asked);
    return notices.some((notice) => notice.kind === "event" && notice.event.published);
  }

  /** Answers that come together are taken in together, as of when the first of them was asked. */
  #takeIn(notices: readonly Notice[], asked: number): Promise<void> {
    this.#together ??= { answers: [], asked, taken: nextTurn().then(() => this.#takeAll()) };
    this.#together.answers.push(notices);
    this.#together.asked = Math.min(this.#together.asked, asked);
    return this.#together.taken;
  }

  async #takeAll(): Promise<void> {
    const { answers, asked } = this.#together ?? { answers: [], asked: 0 };
    this.#together = undefined;
    await this.#options.answer(answers.flat(), asked);
  }
}
