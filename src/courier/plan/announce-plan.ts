import { setTimeout as pause } from "node:timers/promises";
import { enabledTargets } from "../../config/enabled-targets.ts";
import { resolvePath } from "../../config/load.ts";
import type { Config } from "../../config/schema.ts";
import { type Logger, silent } from "../../log.ts";
import { within } from "../../model/within.ts";
import { makePlan } from "./plan.ts";
import type { TargetPlan } from "./planned-changes.ts";

export interface AnnounceOptions {
  /** What is in force, and goes on working meanwhile. */
  current: Config;
  next: Config;
  log: Logger;
  /** Aborted when nobody wants to know any more. */
  signal: AbortSignal;
  /** Milliseconds. */
  clock: () => number;
  /** How long it may take, milliseconds; a minute unless set: an urgent change does not wait for its own description. */
  patience?: number | undefined;
}

const PATIENCE = 60_000;
/** The longest rest between two slices of work, milliseconds. */
const LONGEST_REST = 50;

/**
 * Logs what a changed configuration is about to bring, target by target, as `plan` shows it; beside a running courier, which has half of
 * the time for itself. That it cannot be told is logged, too, and changes nothing.
 */
export async function announcePlan({ signal, patience = PATIENCE, log, ...options }: AnnounceOptions): Promise<void> {
  const { current, next } = options;
  const state = resolvePath(next, next.state);
  if (state !== resolvePath(current, current.state)) {
    // What this ledger says of the targets is nothing that the other one knows.
    log.warn("The changed configuration has another state: what it will bring cannot be told beforehand", { state });
    return;
  }
  try {
    const { targets, dropped } = await within(patience, signal, (enough) =>
      makePlan({ ...options, log: silent, signal: enough, giveWay: givingWay() }),
    );
    for (const target of targets) announceTarget(target, log);
    const fed = enabledTargets(current).map(([name]) => name);
    // What was dropped before is nothing that this change brings.
    for (const { name, holds } of dropped.filter(({ name }) => fed.includes(name)))
      log.info("The changed configuration no longer feeds a target, which keeps what it holds", {
        target: name,
        holds,
      });
  } catch (error) {
    if (signal.aborted) return;
    log.warn("What the changed configuration will bring cannot be told beforehand; it takes effect all the same", {
      error,
    });
  }
}

function announceTarget(plan: TargetPlan, log: Logger): void {
  const { name, leaves, add, renew, remove, casualties, held, ...rest } = plan;
  const facts = {
    target: name,
    ...rest,
    add: add.count,
    renew: renew.count,
    remove: remove.count,
    ...(remove.count > 0 ? { why: remove.why } : {}),
    samples: { add: add.samples, renew: renew.samples, remove: remove.samples },
  };
  log.info("The changed configuration brings a target", facts);
  if (leaves > 0)
    log.info("The changed configuration gives a target another place; the former one keeps what it holds", {
      target: name,
      holds: leaves,
    });
  if (casualties.count > 0)
    log.warn("The changed configuration adds or removes what lists name", { target: name, ...casualties });
  for (const reason of held)
    log.warn("The guard would hold what the changed configuration brings", { target: name, reason });
}

/** Rests as long as was worked since the last rest. */
function givingWay(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    await pause(Math.min(LONGEST_REST, performance.now() - since));
    since = performance.now();
  };
}
