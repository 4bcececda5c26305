import type { RestAnswer } from "../../rest/rest.ts";
import { retryAfter } from "../../rest/retry-after.ts";
import { NotNow } from "../target.ts";
import type { Tell } from "../tell.ts";

/** A page for people may say 200 as well, and so may an answer with an error inside. */
export function isDone({ status, body, garbled }: RestAnswer): boolean {
  return status >= 200 && status < 300 && !garbled && !messagesIn(body).some(isError);
}

/** What Splunk says in an answer that is no success; empty where it says nothing that can be read. */
export function wordsOf({ body }: RestAnswer): string {
  return messagesIn(body)
    .map((message) => fieldOf(message, "text"))
    .filter((text) => typeof text === "string")
    .join("; ");
}

/**
 * What an answer that is no success means.
 * @param doing what was asked, to stand after "may not" and "could not"
 * @param now Unix milliseconds
 */
export function failureOf(answer: RestAnswer, doing: string, tell: Tell, now: number): NotNow {
  const words = tell(wordsOf(answer));
  const said = words === "" ? "" : `: ${words}`;
  return new NotNow(`${meaningOf(answer.status, doing)}${said}`, { wait: retryAfter(answer.headers, now) });
}

function meaningOf(status: number, doing: string): string {
  if (status === 401) return "Splunk does not accept the token: it is wrong, switched off or has expired";
  if (status === 403) return `the token's role may not ${doing}`;
  if (status === 404) return `could not ${doing}: the app or the collection is not there`;
  if (status === 409) return `could not ${doing}: something else was there first`;
  if (status === 429) return `could not ${doing}: Splunk is asked too often`;
  if (status === 503) return `could not ${doing}: the KV store is starting, or its cluster is not ready`;
  if (status < 300) return `could not ${doing}: what answered ${status} is no KV store, or has an error inside`;
  return `could not ${doing}: Splunk answered ${status}`;
}

function messagesIn(body: unknown): readonly unknown[] {
  const messages = fieldOf(body, "messages");
  return Array.isArray(messages) ? messages : [];
}

function isError(message: unknown): boolean {
  const type = fieldOf(message, "type");
  return type === "ERROR" || type === "FATAL";
}

/** A field of what may be anything. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
