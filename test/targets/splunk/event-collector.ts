import { isRecord } from "./kv-query.ts";

/** What the event collector answers: a status and a body with a code. */
export interface CollectorAnswer {
  status: number;
  body: Readonly<Record<string, unknown>>;
}

const CODES = {
  0: [200, "Success"],
  1: [403, "Token disabled"],
  2: [401, "Token is required"],
  3: [401, "Invalid authorization"],
  4: [403, "Invalid token"],
  5: [400, "No data"],
  6: [400, "Invalid data format"],
  7: [400, "Incorrect index"],
  9: [503, "Server is busy"],
  10: [400, "Data channel is missing"],
  12: [400, "Event field is required"],
  13: [400, "Event field cannot be blank"],
  14: [400, "ACK is disabled"],
} as const;

/** Splunk's HTTP Event Collector, in memory. */
export class EventCollector {
  readonly token = "c0ffee00-0000-4000-8000-00000000hec0";
  readonly indexes = new Set(["main", "misp"]);
  readonly events: Record<string, unknown>[] = [];
  /** Whether the token offers acknowledgement, and whether what came in counts as written. */
  acknowledges = false;
  written = true;
  #enabled = true;
  readonly #acks = new Map<string, Set<number>>();
  #nextAck = 0;

  disable(): void {
    this.#enabled = false;
  }

  /** @param channel the request's channel, if it named one */
  answer(path: string, authorization: string | undefined, channel: string | undefined, body: string): CollectorAnswer {
    const refused = this.#refusal(authorization, channel);
    if (refused) return refused;
    if (path === "/services/collector/ack") return this.#confirm(channel ?? "", body);
    return this.#take(channel ?? "", body);
  }

  #refusal(authorization: string | undefined, channel: string | undefined): CollectorAnswer | undefined {
    if (authorization === undefined) return coded(2);
    if (!authorization.startsWith("Splunk ")) return coded(3);
    if (authorization !== `Splunk ${this.token}`) return coded(4);
    if (!this.#enabled) return coded(1);
    if (this.acknowledges && channel === undefined) return coded(10);
    return undefined;
  }

  #take(channel: string, body: string): CollectorAnswer {
    const lines = body.split("\n").filter((line) => line.trim() !== "");
    if (lines.length === 0) return coded(5);
    const taken: Record<string, unknown>[] = [];
    for (const [n, line] of lines.entries()) {
      const wrong = this.#check(line, taken);
      if (wrong !== undefined) return coded(wrong, { "invalid-event-number": n });
    }
    this.events.push(...taken);
    if (!this.acknowledges) return coded(0);
    const id = this.#nextAck++;
    this.#acks.set(channel, (this.#acks.get(channel) ?? new Set()).add(id));
    return coded(0, { ackId: id });
  }

  #check(line: string, taken: Record<string, unknown>[]): 6 | 7 | 12 | 13 | undefined {
    const event = parsed(line);
    if (!event) return 6;
    if (!("event" in event)) return 12;
    if (event.event === "") return 13;
    if (event.index !== undefined && !this.indexes.has(String(event.index))) return 7;
    taken.push(event);
    return undefined;
  }

  /** An acknowledgement is told once, and forgotten then. */
  #confirm(channel: string, body: string): CollectorAnswer {
    if (!this.acknowledges) return coded(14);
    const known = this.#acks.get(channel) ?? new Set();
    const asked = parsed(body)?.acks;
    if (!Array.isArray(asked)) return coded(6);
    const acks = asked.map((id): [string, boolean] => [`${id}`, this.written && known.delete(id)]);
    return { status: 200, body: { acks: Object.fromEntries(acks) } };
  }
}

function coded(code: keyof typeof CODES, more: object = {}): CollectorAnswer {
  const [status, text] = CODES[code];
  return { status, body: { text, code, ...more } };
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
