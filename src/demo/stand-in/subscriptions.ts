import type { XPublisher } from "zeromq";

/** What subscribers of the publisher asked for, so that nothing need be sent before someone listens. */
export class Subscriptions {
  readonly #counts = new Map<string, number>();
  #waiting: { prefix: string; resolve: () => void }[] = [];

  /** Reads the socket's subscription messages until it closes. */
  async follow(socket: XPublisher): Promise<void> {
    for await (const [frame] of socket) {
      if (frame !== undefined) this.#count(frame.subarray(1).toString(), frame[0] === 1 ? 1 : -1);
    }
  }

  /** Resolves as soon as someone subscribes to exactly this prefix. */
  heard(prefix: string): Promise<void> {
    if ((this.#counts.get(prefix) ?? 0) > 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ prefix, resolve }));
  }

  /** Whether nobody listens. */
  none(): boolean {
    return [...this.#counts.values()].every((count) => count <= 0);
  }

  /** Forgets all: the socket is gone. */
  clear(): void {
    this.#counts.clear();
  }

  #count(prefix: string, difference: number): void {
    const count = (this.#counts.get(prefix) ?? 0) + difference;
    this.#counts.set(prefix, count);
    if (count <= 0) return;
    const heard = this.#waiting.filter((one) => one.prefix === prefix);
    this.#waiting = this.#waiting.filter((one) => one.prefix !== prefix);
    for (const { resolve } of heard) resolve();
  }
}
