import { setMaxListeners } from "node:events";
import { join } from "node:path";
import { resolvePath } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import type { Knowledge } from "../curation/knowledge.ts";
import { Audits } from "../delivery/audits.ts";
import { Dispatcher } from "../delivery/dispatcher.ts";
import { Journal } from "../delivery/journal.ts";
import type { Step } from "../ledger/delta/step.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Logger } from "../log.ts";
import type { LineEvent } from "../misp/feed.ts";
import type { Notice } from "../model/notice.ts";
import { lockState, PATIENCE } from "../state/lock.ts";
import { driftsIn } from "./drift-desk.ts";
import { Protections } from "./knowledge/protections.ts";
import { JOURNAL_FILE, LEDGER_FILE, openLedger } from "./open-ledger.ts";
import { openTargets } from "./open-targets.ts";
import { removeFormerPlans } from "./plan/plan.ts";
import { requireSameTime } from "./same-time.ts";
import { sightingBox } from "./sensors/sighting-box.ts";

export interface CourierOptions {
  config: Config;
  log: Logger;
  /** Ends it: what was heard is delivered, then everything is closed. */
  signal: AbortSignal;
  /** Milliseconds. */
  clock: () => number;
  observer?: Observer | undefined;
}

/** What a running courier decides by, for whoever is to explain it. */
export interface Standards {
  protections: Pick<Protections, "of">;
  /** Warninglists and trust, as they are now. */
  knowledge: () => Knowledge;
}

/** Somebody who watches: the demonstration, the live page. */
export interface Observer {
  /** Everything is open and at work, by these standards. */
  started?(standards: Standards): void;
  line?(event: LineEvent): void;
  /** Messages arrived, as they came. */
  frames?(frames: readonly Buffer[]): void;
  heard?(notices: readonly Notice[]): void;
  delivered?(target: string, step: Step): void;
  /** Every few seconds, as long as the event loop turns and the ledger answers. */
  alive?(now: number): void;
}

/** What is the same whatever is listened to: the ledger, and the ways from it to the targets. */
export interface Line extends Omit<CourierOptions, "config"> {
  /** The state directory, absolute. */
  state: string;
  files: { ledger: string; journal: string };
  ledger: Ledger;
  journal: Journal;
  protections: Protections;
  dispatcher: Dispatcher;
  audits: Audits;
}

/**
 * Opens the line from the ledger on, has something feed it, and closes it again.
 * @throws StateDamaged, StateInUse and StateUnwritable when its state cannot be used
 */
export async function withLine(options: CourierOptions, feed: (line: Line) => Promise<void>): Promise<void> {
  const { config, log, signal, clock, observer } = options;
  // Each request that is under way listens to it.
  setMaxListeners(0, signal);
  const state = resolvePath(config, config.state);
  using _lock = lockState(state, PATIENCE);
  const files = { ledger: join(state, LEDGER_FILE), journal: join(state, JOURNAL_FILE) };
  using ledger = openLedger(config, files.ledger, clock);
  const journal = await Journal.open(files.journal);
  await removeFormerPlans(state, clock());
  requireSameTime(ledger, journal, files, log);
  const delivered = observer?.delivered?.bind(observer);
  const changed = ledger.deltas.guarded.bind(ledger.deltas);
  using protections = new Protections({ config, log, changed });
  // A forwarder has no MISP to give them to.
  const sightings = config.role === "forwarder" ? undefined : sightingBox({ queue: ledger.sensed, log, clock });
  const targets = await openTargets({ config, ledger, journal, log, clock, protections, delivered, sightings });
  await using dispatcher = new Dispatcher(targets.map(({ lane }) => lane));
  await using audits = new Audits({ auditors: targets, log, clock, random: Math.random, ...driftsIn(ledger) });
  await feed({ log, signal, clock, observer, state, files, ledger, journal, protections, dispatcher, audits });
}
