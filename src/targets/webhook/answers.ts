import type { RestAnswer } from "../../rest/rest.ts";
import { retryAfter } from "../../rest/retry-after.ts";
import { NotNow, Refused } from "../target.ts";

/** What only a person can mend is not tried more often than this, milliseconds. */
const FOR_A_PERSON = 300_000;
/** A receiver that wants no more is asked whether it still means it, milliseconds. */
const GONE = 3_600_000;

const MEANINGS: Readonly<Record<number, string>> = {
  401: "the receiver does not accept the signature",
  403: "the receiver does not accept the signature, or forbids the address",
  404: "nothing receives webhooks at this address",
  405: "nothing receives webhooks at this address",
  410: "the receiver wants no more webhooks: take the target out of the configuration",
  415: "the receiver does not know batches of CloudEvents",
};

/** Answers that a repetition alone does not change. */
const LASTING = new Set([401, 403, 404, 405, 415]);
/** Answers that speak of the batch, not of the receiver. */
const OF_THE_BATCH = new Set([400, 413, 422]);

/**
 * What an answer means that is no 2xx. Its body is not repeated: it may hold what was sent.
 * @param now Unix milliseconds
 */
export function failureOf(answer: RestAnswer, now: number): NotNow | Refused {
  const { status } = answer;
  if (OF_THE_BATCH.has(status)) return new Refused(wordsFor(status));
  const asked = retryAfter(answer.headers, now);
  if (status === 410) return new NotNow(wordsFor(status), { wait: Math.max(asked ?? 0, GONE) });
  const lasts = LASTING.has(status) || (status >= 300 && status < 400);
  return new NotNow(wordsFor(status), { wait: asked ?? (lasts ? FOR_A_PERSON : undefined) });
}

function wordsFor(status: number): string {
  return `${meaningOf(status)} (${status})`;
}

function meaningOf(status: number): string {
  if (status === 413) return "the receiver finds it too large";
  if (OF_THE_BATCH.has(status)) return "the receiver finds it invalid";
  if (status >= 300 && status < 400) return "the receiver is elsewhere, and redirects are not followed: change url";
  if (status === 429) return "the receiver asks for fewer requests";
  if (status >= 500) return "the receiver cannot take anything now";
  return MEANINGS[status] ?? "the receiver does not take it";
}
