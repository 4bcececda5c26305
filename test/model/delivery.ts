import type { Listener } from "./listener.ts";
import type { Message, SocketlessMisp } from "./socketless-misp.ts";

/** What happens to messages on their way. */
export interface Trouble {
  /** They may wait while MISP goes on. */
  late: boolean;
  /** Of those that wait, which comes first: the oldest, as MISP's publisher would choose, or the oldest of any topic. */
  order: "kept" | "by topic" | "any";
  /** Of a hundred, how many come twice, and how many never. */
  twice: number;
  lost: number;
}

/** The order in which MISP's publisher looks at its topics. */
const TOPICS = ["", "_event", "_attribute", "_sighting", "_organisation", "_tag", "_warninglist"];

/** The way from MISP to the ledger, with what goes wrong on it. */
export class Delivery {
  readonly #misp: SocketlessMisp;
  readonly #listener: Listener;
  readonly #trouble: Trouble;
  readonly #chances: Iterator<number>;
  readonly #heard: Message[] = [];

  constructor(misp: SocketlessMisp, listener: Listener, trouble: Trouble, chances: Iterable<number>) {
    this.#misp = misp;
    this.#listener = listener;
    this.#trouble = trouble;
    this.#chances = chances[Symbol.iterator]();
  }

  /** Delivers everything that waits, or some of it. */
  some(): void {
    if (this.#trouble.late && this.#chance() < 50) {
      for (let some = this.#chance() % 6; some > 0; some -= 1) this.#next();
    } else this.all();
  }

  /** Delivers everything that waits; what REST is asked, it answers only then. */
  all(): void {
    while (this.#misp.messages.length > 0) this.#next();
    this.#listener.ask();
  }

  #next(): void {
    const message = this.#take();
    if (!message || this.#chance() < this.#trouble.lost) return;
    this.#heard.push(message);
    this.#listener.hear(message.notices);
    if (this.#chance() < this.#trouble.twice) this.#again();
    if (this.#chance() < 40) this.#listener.ask();
  }

  /** A backlog repeats at the most what came just before; where anything may happen, anything may come again. */
  #again(): void {
    const { length } = this.#heard;
    const which = this.#trouble.order === "any" ? this.#chance() % length : length - 1;
    const message = this.#heard[which];
    if (message) this.#listener.hear(message.notices);
  }

  #take(): Message | undefined {
    const { messages } = this.#misp;
    const [topic] = [...new Set(messages.map((message) => message.topic))].sort(
      (one, other) => rank(one) - rank(other),
    );
    const { order } = this.#trouble;
    if (order === "kept") return messages.shift();
    const any = messages[this.#chance() % Math.max(messages.length, 1)]?.topic;
    const index = messages.findIndex((message) => message.topic === (order === "any" ? any : topic));
    return messages.splice(index, 1)[0];
  }

  #chance(): number {
    return this.#chances.next().value ?? 0;
  }
}

function rank(topic: string): number {
  return TOPICS.indexOf(topic.replace(/^misp_json/, ""));
}
