import { join } from "node:path";
import { loadConfig, resolvePath } from "../config/load.ts";
import { runCourier } from "../courier/courier.ts";
import { together } from "../courier/observers.ts";
import { LEDGER_FILE } from "../courier/open-ledger.ts";
import { Front } from "../http/front.ts";
import { type Log, type Logger, silent } from "../log.ts";
import { TOPICS } from "../misp/messages.ts";
import type { DemoLine, Show } from "./line.ts";
import { describeLists } from "./list-files.ts";
import { Narrator } from "./narrator.ts";
import { play } from "./play.ts";
import type { Premises } from "./premises.ts";
import { pauses, waitFor } from "./stage.ts";
import { StandInMisp } from "./stand-in/stand-in-misp.ts";
import type { Figures } from "./written.ts";

export interface DemonstrationOptions {
  premises: Premises;
  /** 1 is the speed of a reader. */
  speed: number;
  /** How long it lasts, milliseconds; `undefined`: until the signal. */
  lasting: number | undefined;
  signal: AbortSignal;
  /** Milliseconds. */
  clock: () => number;
  show: (line: DemoLine) => void;
  /** The courier is about to run on the configuration file of the premises; its page is at this address. */
  opened: (page: string) => void;
}

/** How often the lists are counted, milliseconds. */
const COUNT = { every: 10_000, least: 2_000 };

/** Runs a courier on a stand-in MISP in which a SOC is at work. Resolves at the end with what was written. */
export async function demonstrate(options: DemonstrationOptions): Promise<Figures> {
  const { premises, clock, signal } = options;
  const misp = await StandInMisp.open({ clock });
  try {
    await premises.configure(misp);
    const config = loadConfig(premises.configFile, {});
    const began = clock();
    const show: Show = (line) => options.show({ ...line, at: clock() - began });
    using narrator = new Narrator({ ledger: join(resolvePath(config, config.state), LEDGER_FILE), clock, show });
    const log = logTo(show);
    await using front = new Front({ config, log, clock });
    await front.listen();
    options.opened(front.url);
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const end = () => over.abort();
    const observer = together(narrator, front.observer);
    const running = runCourier({ config, log, signal: either, clock, observer }).finally(end);
    const playing = Promise.race([hears(misp), running])
      .then(() => perform(options, { misp, narrator, show, over }, either))
      .finally(end);
    await bothEnd(running, playing);
    show({ kind: "lists", text: await describeLists(premises.lists) });
    return narrator.figures;
  } finally {
    await misp.close();
  }
}

interface Cast {
  misp: StandInMisp;
  narrator: Narrator;
  show: Show;
  over: AbortController;
}

async function perform(
  { premises, speed, lasting }: DemonstrationOptions,
  { misp, narrator, show, over }: Cast,
  signal: AbortSignal,
): Promise<void> {
  const count = async () => show({ kind: "lists", text: await describeLists(premises.lists) });
  // The next count may work where this one does not.
  const counting = setInterval(() => void count().catch(() => {}), Math.max(COUNT.least, COUNT.every / speed));
  const ending = lasting === undefined ? undefined : setTimeout(() => over.abort(), lasting);
  const tell = (text: string) => show({ kind: "story", text });
  const listed = waitFor((value) => narrator.holds(value), signal);
  try {
    await play({ misp, tell, pause: pauses(speed, signal), listed });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    clearInterval(counting);
    clearTimeout(ending);
  }
}

/** Resolves when the courier listens: what MISP says before that, nobody hears. */
async function hears(misp: StandInMisp): Promise<void> {
  await Promise.all(TOPICS.map((topic) => misp.heard(`${topic} `)));
}

/** Waits for both before it lets the error of either go on, so that nothing runs when everything is closed. */
async function bothEnd(...work: Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === "rejected") throw result.reason;
}

/** Nothing is expected to go wrong; when it does, the audience may know. */
function logTo(show: Show): Logger {
  const log: Log = (sentence, { error } = {}) =>
    show({ kind: "log", text: error instanceof Error ? `${sentence}: ${error.message}` : sentence });
  return { ...silent, warn: log, error: log };
}
