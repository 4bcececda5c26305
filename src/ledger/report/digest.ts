import { createHash } from "node:crypto";

/** A short text that is equal for equal settings, to tell whether they changed since they were last saved. */
export function digestOf(settings: unknown): string {
  return createHash("sha256").update(JSON.stringify(settings)).digest("base64url").slice(0, 22);
}
