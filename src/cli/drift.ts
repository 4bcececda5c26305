import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { enabledTargets } from "../config/enabled-targets.ts";
import { resolvePath } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { checkDrift } from "../courier/drift-check.ts";
import { DRIFT_ANSWER, type DriftAnswer } from "../courier/drift-desk.ts";
import { LEDGER_FILE, openLedger } from "../courier/open-ledger.ts";
import type { Drift, DriftKind } from "../delivery/drift.ts";
import { demandLedger } from "../ledger/database/database.ts";
import { LedgerReport } from "../ledger/report/report.ts";
import { Requests } from "../ledger/requests.ts";
import { lockState, StateInUse } from "../state/lock.ts";
import { type Command, Exit, jsonOption, type Terminal, UsageError } from "./command.ts";
import { configOption, givenConfig } from "./config-option.ts";
import { demandTarget } from "./demand-target.ts";
import { printable } from "./printable.ts";

/** A target that was not read: not now, or, where `readable` is false, never. */
interface Unread {
  target: string;
  problem: string;
  readable?: false;
}

/** What reading one target came to. */
type Outcome = Unread | (Drift & { problem?: undefined });

export const drift: Command = {
  usage: "drift [TARGET] [--repair] [--config FILE] [--json]",
  summary:
    "Read back what targets hold and name the differences; --repair corrects them, but leaves alone what others put there.",
  options: { ...configOption, ...jsonOption, repair: { type: "boolean", default: false } },
  words: [0, 1],
  async run(given, terminal) {
    const config = givenConfig(given, terminal.environment);
    const names = namesOf(config, given.positionals[0]);
    const repair = given.values.repair === true;
    const outcomes = await readAll(config, names, repair, terminal);
    terminal.out(given.values.json === true ? JSON.stringify(outcomes, null, 2) : outcomes.map(readable).join("\n"));
    if (repair && outcomes.some(differs) && given.values.json !== true)
      terminal.out("The differences are marked, and are corrected with the next deliveries.");
    if (outcomes.some(isAway)) return Exit.unavailable;
    return !repair && outcomes.some(differs) ? Exit.found : Exit.ok;
  },
};

function namesOf(config: Config, name: string | undefined): string[] {
  if (name === undefined) return enabledTargets(config).map(([one]) => one);
  demandTarget(config, name);
  if (!config.targets[name]?.enabled) throw new UsageError(`the target ${name} is switched off`);
  return [name];
}

async function readAll(config: Config, names: readonly string[], repair: boolean, terminal: Terminal) {
  const state = resolvePath(config, config.state);
  const file = join(state, LEDGER_FILE);
  demandLedger(file);
  try {
    using _lock = lockState(state);
    using ledger = openLedger(config, file, terminal.clock);
    const outcomes: Outcome[] = [];
    const { signal, clock } = terminal;
    for (const target of names) {
      outcomes.push(await caught(target, () => checkDrift(target, { config, ledger, repair, signal, clock })));
    }
    return outcomes;
  } catch (error) {
    if (!(error instanceof StateInUse)) throw error;
    const outcomes: Outcome[] = [];
    for (const target of names) outcomes.push(await askCourier(state, target, repair, terminal));
    return outcomes;
  }
}

async function caught(target: string, read: () => Promise<Drift | undefined>): Promise<Outcome> {
  try {
    return (await read()) ?? neverRead(target);
  } catch (error) {
    if (error instanceof Error && error.name === "NotNow") return { target, problem: error.message };
    throw error;
  }
}

/** The courier that runs works on the target, so it reads it, and leaves its answer in the ledger. */
async function askCourier(state: string, target: string, repair: boolean, terminal: Terminal): Promise<Outcome> {
  const file = join(state, LEDGER_FILE);
  const ticket = randomUUID();
  Requests.leave(file, "drift", JSON.stringify({ target, repair, ticket }));
  using ledger = new LedgerReport(file);
  terminal.progress?.(`reading ${target}`);
  try {
    for (let looks = 1; !terminal.signal.aborted; looks += 1) {
      const saved = ledger.fact(DRIFT_ANSWER);
      const answer = saved === undefined ? undefined : (JSON.parse(saved) as DriftAnswer);
      if (answer?.ticket === ticket) return outcomeOf(target, answer);
      if (looks % 50 === 0 && !isRunning(state)) return { target, problem: "the courier has stopped meanwhile" };
      await pause(LOOK);
    }
    return { target, problem: "stopped" };
  } finally {
    terminal.progress?.("");
  }
}

function outcomeOf(target: string, { drift, problem, readable }: DriftAnswer): Outcome {
  return readable === false ? neverRead(target) : (drift ?? { target, problem: problem ?? "no answer" });
}

/** Nothing is wrong with such a target. */
function neverRead(target: string): Unread {
  return { target, problem: "it cannot be read back", readable: false };
}

/** How often the answer is looked for, milliseconds. */
const LOOK = 100;

function isRunning(state: string): boolean {
  try {
    lockState(state)[Symbol.dispose]();
    return false;
  } catch (error) {
    if (error instanceof StateInUse) return true;
    throw error;
  }
}

const MEANING: Record<DriftKind, string> = {
  missing: "missing",
  stale: "shown otherwise than they should be",
  extra: "there, though they are not to be",
  foreign: "others' (left alone)",
};

function isAway(outcome: Outcome): boolean {
  return outcome.problem !== undefined && outcome.readable !== false;
}

function differs(outcome: Outcome): boolean {
  return outcome.problem === undefined && outcome.missing + outcome.stale + outcome.extra > 0;
}

function readable(outcome: Outcome): string {
  if (outcome.problem !== undefined) return readableProblem(outcome);
  const { target } = outcome;
  const kinds = Object.entries(MEANING) as [DriftKind, string][];
  const lines = kinds.flatMap(([kind, meaning]) => {
    if (outcome[kind] === 0) return [];
    const examples = outcome.examples[kind].map((text) => `      ${printable(text)}`);
    return [`  ${String(outcome[kind]).padStart(9)}  ${meaning}, such as`, ...examples];
  });
  const verdict = differs(outcome) ? "differs from what it should hold" : "holds what it should";
  return [`${target}: ${verdict} (${outcome.found} found, ${outcome.held} expected)`, ...lines].join("\n");
}

function readableProblem({ target, problem, readable }: Unread): string {
  return readable === false ? `${target}: cannot be read back` : `${target}: cannot be read now: ${printable(problem)}`;
}
