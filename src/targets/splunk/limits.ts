import type { RestAnswer } from "../../rest/rest.ts";
import { fieldOf, isDone, wordsOf } from "./answers.ts";

/** How much one request may hold. */
export interface Limits {
  documents: number;
  bytes: number;
  /** How many documents one page of a listing has. */
  rows: number;
}

/** A document, ready to be sent. */
export interface Serialized {
  key: string;
  /** JSON. */
  text: string;
}

const MEGABYTE = 1024 * 1024;
/** What every release takes. */
const SMALLEST: Limits = { documents: 1_000, bytes: 50 * MEGABYTE, rows: 5_000 };
/** Larger requests save nothing more, and hold others up. */
const LARGEST: Limits = { documents: 10_000, bytes: 16 * MEGABYTE, rows: 5_000 };

/** The limits that Splunk's limits.conf names; what every release takes where the token may not read it. */
export function limitsIn(answer: RestAnswer): Limits {
  const entries = fieldOf(answer.body, "entry");
  const content = isDone(answer) && Array.isArray(entries) ? fieldOf(entries[0], "content") : undefined;
  const told = (name: string) => countIn(fieldOf(content, name));
  const megabytes = told("max_size_per_batch_save_mb");
  return {
    documents: Math.min(told("max_documents_per_batch_save") ?? SMALLEST.documents, LARGEST.documents),
    bytes: Math.min(megabytes === undefined ? SMALLEST.bytes : megabytes * MEGABYTE, LARGEST.bytes),
    rows: Math.min(told("max_rows_per_query") ?? SMALLEST.rows, LARGEST.rows),
  };
}

/**
 * Tighter limits after a refused batch, if it was refused for being too large; else `undefined`. They always make the batch
 * smaller, whatever number the answer names.
 */
export function tighter(limits: Limits, batch: readonly Serialized[], answer: RestAnswer): Limits | undefined {
  if (batch.length < 2) return undefined;
  const words = wordsOf(answer);
  const [, told] = /max_documents_per_batch_save\s*=\s*(\d+)/.exec(words) ?? [];
  if (answer.status === 400 && told !== undefined) {
    const documents = countIn(told) ?? 1;
    return { ...limits, documents: documents < batch.length ? documents : Math.ceil(batch.length / 2) };
  }
  const isTooLarge = answer.status === 413 || (answer.status === 400 && words.includes("max_size_per_batch_save_mb"));
  return isTooLarge ? { ...limits, bytes: Math.ceil(bytesOf(batch) / 2) } : undefined;
}

/** The documents in batches within the limits; one that is too large by itself stands alone. */
export function batches(documents: readonly Serialized[], limits: Limits): Serialized[][] {
  const made: Serialized[][] = [];
  let bytes = 0;
  for (const document of documents) {
    const size = bytesOf([document]);
    const last = made.at(-1);
    if (last && last.length < limits.documents && bytes + size <= limits.bytes) {
      last.push(document);
      bytes += size;
    } else {
      made.push([document]);
      bytes = size;
    }
  }
  return made;
}

/** With the comma after each, or the bracket. */
function bytesOf(documents: readonly Serialized[]): number {
  return documents.reduce((sum, { text }) => sum + Buffer.byteLength(text) + 1, 0);
}

function countIn(value: unknown): number | undefined {
  const count = Number(value);
  return Number.isInteger(count) && count > 0 ? count : undefined;
}
