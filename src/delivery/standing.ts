import type { Logger } from "../log.ts";
import type { Delta } from "../model/delta.ts";
import { StateUnwritable } from "../state/damaged.ts";
import { NotNow } from "../targets/target.ts";
import { BACKOFF, backoff } from "./backoff.ts";
import { sizeOf } from "./isolate.ts";
import type { JournalEntry } from "./journal.ts";

/** Notes that a target accepted something, or is ready again. */
export function works(entry: JournalEntry): void {
  Object.assign(entry, { attempts: 0, failingSince: null, nextAttempt: null, lastError: null });
}

/**
 * Notes that an attempt has failed.
 * @param now milliseconds
 * @param random from 0 to 1
 * @returns how long to wait until the next, milliseconds
 */
export function fails(entry: JournalEntry, error: unknown, now: number, random: number): number {
  entry.attempts += 1;
  // A clock that was ahead may have left a time to come.
  entry.failingSince = Math.min(entry.failingSince ?? now, now);
  entry.lastError = error instanceof Error ? error.message : String(error);
  const wait = backoff(entry.attempts, error instanceof NotNow ? error.wait : undefined, random);
  entry.nextAttempt = now + wait;
  return wait;
}

/** How long a wait in the journal still lasts, milliseconds. If the clock was ahead when it was written, not longer than after any failure. */
export function restOfWait({ nextAttempt, failingSince }: JournalEntry, now: number): number {
  const rest = Math.max(0, (nextAttempt ?? 0) - now);
  const wasAhead = (failingSince ?? 0) > now || rest > BACKOFF.longest;
  return wasAhead ? Math.min(rest, BACKOFF.most) : rest;
}

/** Logs what a target has accepted, if anything. */
export function tellDelivery(log: Logger, target: string, taken: Delta): void {
  if (sizeOf(taken) === 0) return;
  const { add, renew, remove } = taken;
  log.info("Delivered", { target, add: add.length, renew: renew.length, remove: remove.length });
}

/** Logs why an attempt has failed: as a warning if it may pass by itself, as an error if it is a bug. */
export function tellFailure(log: Logger, target: string, error: unknown, wait: number): void {
  if (error instanceof NotNow) log.warn("The target cannot take anything now", { target, reason: error.message, wait });
  else if (error instanceof StateUnwritable)
    log.warn("What a target is to get cannot be saved; it waits", { target, reason: error.message, wait });
  else log.error("Delivery failed unexpectedly", { target, error, wait });
}
