import { createHash } from "node:crypto";
import { within } from "../model/within.ts";
import { NoAnswer, Rest, type RestAnswer } from "../rest/rest.ts";
import { retryAfter } from "../rest/retry-after.ts";
import { standardWebhookHeaders } from "../rest/standard-webhooks.ts";
import { type Notifier, TellLater } from "./notifier.ts";
import { readable, type Word } from "./words.ts";

/** The `alerts.webhook` section. */
export interface WebhookSettings {
  url: string;
  secret?: string | undefined;
  verify_tls: boolean;
  /** An absolute path. */
  ca_file?: string | undefined;
  proxy?: string | undefined;
}

/** A try takes at most so long, milliseconds. */
const TIMEOUT = 20_000;
/** The longest wait that the other side may ask for, milliseconds. */
const LONGEST_WAIT = 3_600_000;

/**
 * Posts words as JSON: `{text, alerts: [{id, kind, condition, sentence, hint, since, at}]}`, times as ISO 8601. With a secret
 * it is signed as Standard Webhooks have it.
 */
export function webhookNotifier(
  { secret, ...connection }: WebhookSettings,
  clock: () => number,
  timeout = TIMEOUT,
): Notifier {
  const headers = { "content-type": "application/json" };
  const rest = new Rest({ ...connection, headers, timeout: timeout / 1000 });
  return {
    name: "webhook",
    async tell(words, signal) {
      const body = JSON.stringify(messageOf(words));
      const id = idOf(words);
      const signed = secret === undefined ? {} : standardWebhookHeaders({ id, secrets: [secret], now: clock() }, body);
      const request = { method: "POST", path: "", body, headers: signed, unread: true };
      // The client's own clock starts anew with each byte: an answer that comes drop by drop would keep all further words back.
      const answer = await within(timeout, signal, (patience) => ask(rest, request, patience));
      if (answer.status < 300) return;
      const wait = retryAfter(answer.headers, clock());
      const complaint = `the webhook answered ${answer.status}`;
      if (wait !== undefined) throw new TellLater(complaint, Math.min(wait, LONGEST_WAIT));
      throw new Error(complaint);
    },
  };
}

/** A try with one word more is another message: who has had the first would take it for a repetition. Of many it is no longer for that. */
function idOf(words: readonly Word[]): string {
  const ids = words.map(({ id }) => id);
  const [only = ""] = ids;
  return ids.length <= 1 ? only : createHash("sha256").update(ids.join("\n")).digest("hex").slice(0, 40);
}

/** The address of a webhook often is its secret: no error names it, but says why where that can be mended. */
async function ask(rest: Rest, request: Parameters<Rest["request"]>[0], signal: AbortSignal): Promise<RestAnswer> {
  try {
    return await rest.request(request, signal);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    throw new Error(signal.aborted ? "the webhook does not answer" : `the webhook gives ${error.message}`);
  }
}

function messageOf(words: readonly Word[]) {
  return {
    text: words.map(readable).join("\n\n"),
    alerts: words.map(({ id, kind, key, sentence, hint, since, at }) => ({
      id,
      kind,
      condition: key,
      sentence,
      hint,
      since: new Date(since).toISOString(),
      at: new Date(at).toISOString(),
    })),
  };
}
