import type { Logger } from "../log.ts";
import { StateUnwritable } from "../state/damaged.ts";
import { NotNow } from "../targets/target.ts";
import { backoff } from "./backoff.ts";
import type { JournalEntry } from "./journal.ts";

/** A target has taken something, or is ready to. */
export function works(entry: JournalEntry): void {
  Object.assign(entry, { attempts: 0, failingSince: null, nextAttempt: null, lastError: null });
}

/**
 * A try has failed.
 * @param now milliseconds
 * @param random from 0 to 1
 * @returns how long to wait until the next, milliseconds
 */
export function fails(entry: JournalEntry, error: unknown, now: number, random: number): number {
  entry.attempts += 1;
  entry.failingSince ??= now;
  entry.lastError = error instanceof Error ? error.message : String(error);
  const wait = backoff(entry.attempts, error instanceof NotNow ? error.wait : undefined, random);
  entry.nextAttempt = now + wait;
  return wait;
}

/** Says why a try has failed, and tells what is nobody's fault from a bug. */
export function tellFailure(log: Logger, target: string, error: unknown, wait: number): void {
  if (error instanceof NotNow) log.warn("The target cannot take anything now", { target, reason: error.message, wait });
  else if (error instanceof StateUnwritable)
    log.warn("What a target is to get cannot be saved; it waits", { target, reason: error.message, wait });
  else log.error("Delivery failed unexpectedly", { target, error, wait });
}
