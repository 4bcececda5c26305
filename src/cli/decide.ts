import { join } from "node:path";
import { resolvePath } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { type Decision, decide, mayDecideOn } from "../courier/decisions.ts";
import { JOURNAL_FILE, LEDGER_FILE } from "../courier/open-ledger.ts";
import { Journal } from "../delivery/journal.ts";
import { demandLedger } from "../ledger/database/database.ts";
import { Holds } from "../ledger/delta/holds.ts";
import { Requests } from "../ledger/requests.ts";
import { counted } from "../model/counted.ts";
import { lockState, StateInUse } from "../state/lock.ts";
import { Exit, type Given, type Terminal, UsageError } from "./command.ts";
import { givenConfig } from "./config-option.ts";
import { demandTarget } from "./demand-target.ts";

/** A command that lists what did not reach a target, and takes decisions on it. */
interface DecisionCommand {
  /** The words that decide, and what is then asked of the courier. */
  decisions: Readonly<Record<string, Decision>>;
  /** Shows what there is to decide on. */
  list: (config: Config, given: Given, terminal: Terminal) => Promise<void>;
}

/** Runs `list`, or a decision on one target or on all: at once where no courier runs, else by the one that runs. */
export async function runDecision({ decisions, list }: DecisionCommand, given: Given, terminal: Terminal) {
  const config = givenConfig(given, terminal.environment);
  const [word = "list", target = ""] = given.positionals;
  const state = resolvePath(config, config.state);
  if (target !== "" && !mayDecideOn(target, config, join(state, LEDGER_FILE))) demandTarget(config, target);
  if (word === "list") {
    await list(config, given, terminal);
    return Exit.ok;
  }
  const decision = Object.hasOwn(decisions, word) ? decisions[word] : undefined;
  if (!decision) throw new UsageError(`there is list, ${Object.keys(decisions).join(", ")}, but no ${word}`);
  const changes = await decideNow(state, decision, target, terminal);
  const made: Made = {
    decision,
    target: target === "" ? null : target,
    asked: changes === undefined,
    changes: changes ?? null,
  };
  terminal.out(given.values.json === true ? JSON.stringify(made, null, 2) : readable(made));
  return Exit.ok;
}

/** A decision, as `--json` shows it. */
interface Made {
  decision: Decision;
  /** `null`: of all targets. */
  target: string | null;
  /** Whether the running courier was asked to, which changes nothing before it does so. */
  asked: boolean;
  changes: number | null;
}

function readable({ changes }: Made): string {
  if (changes === null) return "The running courier was asked to do it; its log says how it went.";
  return `${counted(changes, "change")}. What is to be delivered goes out when the courier runs.`;
}

/** @returns how many changes it made; `undefined` where the running courier was asked to */
async function decideNow(
  state: string,
  decision: Decision,
  target: string,
  { clock }: Terminal,
): Promise<number | undefined> {
  const file = join(state, LEDGER_FILE);
  demandLedger(file);
  try {
    using _lock = lockState(state);
    const journal = await Journal.open(join(state, JOURNAL_FILE));
    return await Holds.at(file, (holds) => decide(decision, target, { holds, journal, clock }));
  } catch (error) {
    if (!(error instanceof StateInUse)) throw error;
    Requests.leave(file, decision, target);
    return undefined;
  }
}
