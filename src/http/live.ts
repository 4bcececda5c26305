import type { ServerResponse } from "node:http";
import type { Logger } from "../log.ts";
import { REASONS } from "../model/verdict.ts";
import type { ListOverview } from "./lists.ts";
import { type Situation, situationOf } from "./situation.ts";
import type { Sources } from "./sources.ts";
import type { Line } from "./spoken.ts";
import type { Watch } from "./watch.ts";
import { type Asked, type Route, refuse } from "./web-server.ts";

/** One second of a courier's life; rates are per second, latencies milliseconds, `null` where nothing was written. */
interface Second {
  at: number;
  heard: number;
  decided: number;
  written: number;
  median: number | null;
  worst: number | null;
}

/** What a viewer gets each second. The situation comes along when it has changed. */
interface Tick {
  second: Second;
  lines: Lines;
  situation?: Situation;
}

type Lines = Record<"heard" | "decided" | "written", Line[]>;

export interface LiveOptions {
  watch: Watch;
  log: Logger;
  sources: () => Sources | undefined;
  lists: () => ListOverview[];
  /** Milliseconds. */
  clock: () => number;
}

const TICK = 1_000;
/** How many seconds the plots show. */
const HISTORY = 300;
/** How many lines a new viewer finds. */
const KEPT = 30;
const DECISIONS = 8;
const MOST_VIEWERS = 20;
/** A viewer who is this far behind, and more than the beginning is long, is let go, bytes; the browser comes back by itself. */
const TOO_FAR_BEHIND = 1_000_000;

/** The live page's stream, as server-sent events: the same second for every viewer, however much happened in it. */
export class Live implements Disposable {
  readonly #options: LiveOptions;
  /** Each with how far it may be behind, bytes. */
  readonly #viewers = new Map<ServerResponse, number>();
  readonly #history: Second[] = [];
  readonly #kept: Lines = { heard: [], decided: [], written: [] };
  readonly #timer: NodeJS.Timeout;
  #revision: number | undefined;
  #looking = false;
  #told = "";
  #situation: Situation | undefined;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#tick(), TICK);
  }

  get route(): Route {
    return { path: /\/live/, answer: (asked) => this.#begin(asked) };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    for (const viewer of this.#viewers.keys()) viewer.end();
  }

  async #begin({ request, response }: Asked): Promise<void> {
    // While nobody looked it was not kept up to date.
    if (this.#viewers.size === 0) this.#situation = await this.#situationNow();
    if (response.destroyed) return;
    if (this.#viewers.size >= MOST_VIEWERS) {
      refuse(response, 503, "Too many are watching.");
      return;
    }
    response.setHeader("Content-Type", "text/event-stream; charset=utf-8");
    response.setHeader("Cache-Control", "no-store");
    // A proxy that gathers answers would hold the stream back.
    response.setHeader("X-Accel-Buffering", "no");
    response.writeHead(200);
    if (request.method === "HEAD") response.end();
    else this.#watchedBy(response);
  }

  #watchedBy(viewer: ServerResponse): void {
    const begin = eventText("begin", { history: this.#history, lines: this.#kept, situation: this.#situation });
    viewer.write(begin);
    this.#viewers.set(viewer, TOO_FAR_BEHIND + Buffer.byteLength(begin));
    viewer.once("close", () => this.#viewers.delete(viewer));
    // Who is gone is gone; without a listener the error of a write that came too late would end the courier.
    viewer.on("error", () => this.#viewers.delete(viewer));
  }

  async #tick(): Promise<void> {
    // A slow disk must not pile up looks.
    if (this.#looking) return;
    this.#looking = true;
    try {
      const tick = await this.#look();
      this.#send(eventText("tick", tick));
    } catch (error) {
      this.#options.log.error("The live page cannot be brought up to date", { error });
    } finally {
      this.#looking = false;
    }
  }

  async #look(): Promise<Tick> {
    const { clock, watch, lists } = this.#options;
    const taken = watch.take();
    const sources = this.#options.sources();
    const pulse = sources?.pulse.look();
    const before = this.#revision ?? pulse?.revision ?? 0;
    this.#revision = pulse?.revision;
    const decisions = sources?.pulse.decisions(before, DECISIONS).toReversed() ?? [];
    const at = clock();
    const second: Second = {
      at,
      heard: taken.heard,
      decided: (pulse?.revision ?? before) - before,
      written: taken.written,
      median: taken.latencies[Math.floor(taken.latencies.length / 2)] ?? null,
      worst: taken.latencies.at(-1) ?? null,
    };
    const decided = decisions.map(({ type, value, withheld, score }): Line => {
      const standing = withheld === null ? "active" : "withheld";
      const tone = withheld === null ? "good" : "bad";
      return { at, what: standing, tone, type, value, note: withheld === null ? `score ${score}` : REASONS[withheld] };
    });
    const tick: Tick = { second, lines: { heard: taken.heardLines, decided, written: taken.writtenLines } };
    this.#keep(tick);
    if (sources && pulse && this.#viewers.size > 0) {
      this.#situation = await situationOf(sources, pulse, lists());
      const told = JSON.stringify(this.#situation);
      if (told !== this.#told) tick.situation = this.#situation;
      this.#told = told;
    }
    return tick;
  }

  async #situationNow(): Promise<Situation | undefined> {
    const { sources, lists } = this.#options;
    const known = sources();
    return known && situationOf(known, known.pulse.look(), lists());
  }

  #keep({ second, lines }: Tick): void {
    this.#history.push(second);
    this.#history.splice(0, this.#history.length - HISTORY);
    for (const kind of ["heard", "decided", "written"] as const) {
      this.#kept[kind].push(...lines[kind]);
      this.#kept[kind].splice(0, this.#kept[kind].length - KEPT);
    }
  }

  #send(text: string): void {
    for (const [viewer, most] of this.#viewers) {
      if (viewer.writableLength > most) viewer.destroy();
      else viewer.write(text);
    }
  }
}

/** One server-sent event: JSON has no line break that could end it early. */
function eventText(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
