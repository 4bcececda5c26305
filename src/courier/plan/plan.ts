import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { enabledTargets } from "../../config/enabled-targets.ts";
import { resolvePath } from "../../config/load.ts";
import type { Config, TargetConfig } from "../../config/schema.ts";
import { compileWarninglists, type Warninglists } from "../../curation/warninglists/warninglists.ts";
import { copyLedger } from "../../ledger/database/copy.ts";
import { demandLedger } from "../../ledger/database/database.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Logger } from "../../log.ts";
import { StateDamaged, stateTrouble } from "../../state/damaged.ts";
import { ownAsFolder } from "../../state/own-as-folder.ts";
import { Learner } from "../knowledge/learner.ts";
import { listsOnDisk, Protections } from "../knowledge/protections.ts";
import { LEDGER_FILE, openLedger } from "../open-ledger.ts";
import { inherit, viewOf } from "../open-targets.ts";
import { PlannedChanges, type TargetPlan } from "./planned-changes.ts";

export interface PlanOptions {
  /** The configuration in force, whose state is looked at. */
  current: Config;
  /** The one that is to be tried. */
  next: Config;
  log: Logger;
  signal: AbortSignal;
  /** Milliseconds. */
  clock: () => number;
  /** How many attributes and indicators have been judged by the new rules. */
  progress?: ((judged: number) => void) | undefined;
  /** Lets others have their turn, after each slice of work; a turn of the event loop unless set. */
  giveWay?: (() => Promise<unknown>) | undefined;
}

/** What a configuration would bring about; the shape of `plan --json`. */
export interface Plan {
  targets: TargetPlan[];
  /** Targets that would no longer be fed, and keep what they have. */
  dropped: { name: string; holds: number }[];
}

/**
 * Judges a copy of the ledger by another configuration and compares each target with it. Nothing is applied, and the copy is
 * removed; it lies in the state folder, where there is room for a ledger and nobody else may read it.
 * @throws StateMissing when there is no ledger
 * @throws StateDamaged when it cannot be used
 * @throws StateUnwritable when there is no room for a copy, or no right to make one
 * @throws StateUnreadable when it is not for this user
 */
export async function makePlan(options: PlanOptions): Promise<Plan> {
  const { current, clock } = options;
  const state = resolvePath(current, current.state);
  const file = join(state, LEDGER_FILE);
  // What is tried is tried on the state of what runs.
  const next = { ...options.next, state: current.state };
  demandLedger(file);
  const folder = await folderIn(state);
  const copy = join(folder, "plan.sqlite");
  try {
    await copyLedger(file, copy);
    using ledger = openLedger(next, copy, clock, { durable: false });
    return await planOn(ledger, next, options);
  } catch (error) {
    // The copy has the damage of the ledger, which alone can be mended.
    if (!(error instanceof StateDamaged)) throw error;
    throw new StateDamaged(error.message.replaceAll(copy, file), { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the folder of a plan is called, before six random letters. */
const FOLDER = "plan-";
const FORMER = /^plan-[A-Za-z0-9]{6}$/;
/** No plan takes longer, milliseconds. */
const LONGEST = 3_600_000;

/** Removes what plans that were killed left in a state folder: a copy of the ledger each. */
export async function removeFormerPlans(state: string, now: number): Promise<void> {
  for (const name of (await readdir(state)).filter((name) => FORMER.test(name))) {
    const folder = join(state, name);
    try {
      const { mtimeMs } = await stat(folder);
      if (now - mtimeMs > LONGEST) await rm(folder, { recursive: true, force: true });
    } catch {
      // Whoever made it has just removed it, or is somebody whose files are not ours to remove.
    }
  }
}

async function folderIn(state: string): Promise<string> {
  try {
    const folder = await mkdtemp(join(state, FOLDER));
    ownAsFolder(folder);
    return folder;
  } catch (error) {
    throw stateTrouble(state, error);
  }
}

async function planOn(ledger: Ledger, next: Config, options: PlanOptions): Promise<Plan> {
  const { current, log, signal, clock, giveWay = nextTurn } = options;
  const lists = await listsOnDisk(next);
  await new Learner({ config: next, ledger, log, learned: () => {} }).begin(lists);
  await review(ledger, options);
  using before = await Protections.read(current, log);
  using after = await Protections.read(next, log);
  const named = compileWarninglists([...lists, ...(await listsOnDisk(current))]);
  for (const [name, settings] of enabledTargets(next)) inherit(viewOf(name, settings, after.of(name)), next, ledger);
  // Before the new ones are made known to the ledger.
  const former = ledger.holdings.targets();
  const plan: Plan = { targets: [], dropped: [] };
  for (const [name, settings] of enabledTargets(next)) {
    signal.throwIfAborted();
    const held = former.find((target) => target.name === name)?.holds;
    const sources = { ledger, held, before, after, named, clock, giveWay, signal };
    plan.targets.push(await planTarget(name, settings, sources));
  }
  const fed = new Set(plan.targets.map(({ name }) => name));
  plan.dropped = former.filter(({ name }) => !fed.has(name));
  return plan;
}

async function review(ledger: Ledger, { signal, progress, giveWay = nextTurn }: PlanOptions): Promise<void> {
  for (let judged = 0, more = true; more; ) {
    signal.throwIfAborted();
    const slice = ledger.review();
    judged += slice.judged;
    more = slice.more;
    progress?.(judged);
    await giveWay();
  }
}

interface Sources {
  ledger: Ledger;
  /** How much the target held, wherever that was; `undefined` where it is new. */
  held: number | undefined;
  before: Protections;
  after: Protections;
  named: Warninglists;
  clock: () => number;
  giveWay: () => Promise<unknown>;
  signal: AbortSignal;
}

async function planTarget(name: string, settings: TargetConfig, sources: Sources): Promise<TargetPlan> {
  const { ledger, held, before, after, named, clock, giveWay, signal } = sources;
  const { deltas } = ledger;
  const view = viewOf(name, settings, after.of(name));
  deltas.register(view);
  deltas.guarded(name, after.digestOf(name));
  const holds = deltas.held(name);
  const changes = new PlannedChanges((indicator) => {
    const lists = named.match(indicator.type, indicator.value).map(({ list }) => list.name);
    const kept = after.of(name)(indicator) ?? before.of(name)(indicator);
    return [...new Set([...(kept ? [kept.by] : []), ...lists])];
  });
  for (let position = deltas.progress(name).position, more = true; more; ) {
    const scanned = deltas.scan(view, position);
    for (const { lack } of scanned.comparisons) if (lack) changes.take(lack);
    ({ position, more } = scanned);
    signal.throwIfAborted();
    await giveWay();
  }
  // With another place, it holds nothing any more.
  const leaves = (held ?? 0) - holds;
  return { name, isNew: held === undefined, holds, leaves, ...changes.summary(settings.guard, holds, clock) };
}
