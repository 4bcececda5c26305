import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { Request, Subscriber } from "zeromq";

/** A message as it was heard. */
export interface Heard {
  topic: string;
  body: Record<string, unknown>;
}

/** A subscriber that keeps what it hears, for what its messages say of each indicator last. */
export class ASubscriber implements Disposable {
  readonly heard: Heard[] = [];
  readonly #socket = new Subscriber({ linger: 0, receiveHighWaterMark: 10 });

  /**
   * @param prefix what it subscribes to; the topic of indicators unless said
   * @param idle how long it reads nothing at first, milliseconds
   */
  constructor(endpoint: string, prefix = "stix2/indicator", idle = 0) {
    this.#socket.connect(endpoint);
    this.#socket.subscribe(prefix);
    void pause(idle).then(() => this.#listen());
  }

  /** What was said last, by id or key: what is held for it. */
  held(): Record<string, unknown>[] {
    const last = new Map(this.heard.map(({ body }) => [body.id ?? body.key, body]));
    return [...last.values()].filter(({ revoked, action }) => revoked !== true && action !== "remove");
  }

  /** Resolves with what it heard once that satisfies; also, after a while, when it does not: the test then says what is wrong. */
  async until(satisfied: (heard: Heard[]) => boolean): Promise<Heard[]> {
    for (let tries = 0; tries < 4_000 && !satisfied(this.heard); tries += 1) await pause(5);
    return this.heard;
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  async #listen(): Promise<void> {
    for await (const [frame] of this.#socket) {
      const text = String(frame);
      const end = text.indexOf(" ");
      this.heard.push({ topic: text.slice(0, end), body: JSON.parse(text.slice(end + 1)) });
    }
  }
}

/** Asks the management endpoint as an application of Threat Bus does. */
export async function askDesk(endpoint: string, question: unknown): Promise<Record<string, unknown>> {
  const socket = new Request({ linger: 0, ipv6: endpoint.includes("[") });
  socket.connect(endpoint);
  await socket.send(typeof question === "string" ? question : JSON.stringify(question));
  const [answer] = await socket.receive();
  socket.close();
  return JSON.parse(String(answer));
}

/** An endpoint on loopback that nobody listens at. */
export async function freeEndpoint(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `tcp://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}
