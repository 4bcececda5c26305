import type { RestAnswer } from "../rest/rest.ts";
import { retryAfter } from "../rest/retry-after.ts";
import { isObject, type Json, Malformed } from "./coerce.ts";

/**
 * What an answer of MISP means, which its status alone does not tell:
 * `unreachable` no answer · `busy` rate limit or server trouble, try later · `key` the key is refused · `forbidden` the role
 * may not do this · `unknown` no such thing, or not for this key · `invalid` the request itself is wrong · `garbled` not an
 * answer of MISP at all, or one that was cut.
 */
export type Meaning = "unreachable" | "busy" | "key" | "forbidden" | "unknown" | "invalid" | "garbled";

export class MispError extends Error {
  override readonly name = "MispError";
  readonly meaning: Meaning;
  /** How long MISP asks to wait, milliseconds. */
  readonly wait: number | undefined;
  /** Of HTTP, where MISP answered at all. */
  readonly status: number | undefined;

  constructor(
    meaning: Meaning,
    message: string,
    { wait, status }: { wait?: number | undefined; status?: number } = {},
  ) {
    super(message);
    this.meaning = meaning;
    this.wait = wait;
    this.status = status;
  }
}

/**
 * Reads what an answer says; a body without the shape of MISP's is a failure of MISP like any other.
 * @throws MispError `garbled`
 */
export function readAnswer<Result>(path: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new MispError("garbled", `${path} answered with something that is not its answer: ${error.message}`);
  }
}

/** Leaves our key out of a text, in which whatever stands before MISP may repeat what it was asked. */
type Hide = (text: string) => string;

type Diagnosis = [meaning: Meaning, what: string] | undefined;

/** What a refusal means; `undefined` when the answer is none. MISP's texts may be translated, so none is looked at. */
export function meaningOf({ status, body, headers }: RestAnswer, path: string, hide: Hide): MispError | undefined {
  const diagnosis = status < 300 ? ofAnswer(body) : ofStatus(status, body, path);
  if (!diagnosis) return undefined;
  const [meaning, what] = diagnosis;
  const message = `${path}: ${what}${isObject(body) ? excerpt(body, hide) : ""}`;
  return new MispError(meaning, message, { wait: waitOf(status, headers), status });
}

function ofAnswer(body: unknown): Diagnosis {
  if (body === undefined) return ["garbled", "the answer is not JSON, or was cut"];
  return errorInside(body) ? ["invalid", "MISP answered 200 with an error inside"] : undefined;
}

function ofStatus(status: number, body: unknown, path: string): Diagnosis {
  if (status >= 500) return ["busy", `MISP answered ${status}`];
  if (status === 407) return ["unreachable", "the proxy wants a login, or another one (407)"];
  if (status < 400) return ["busy", "MISP redirects: it is under maintenance, or this is not quite its url"];
  switch (status) {
    case 401:
      return ["key", "MISP refuses the key"];
    case 403:
      return ofForbidden(body, path);
    case 404:
      return isObject(body) ? ["unknown", "MISP knows no such thing"] : ["garbled", "there is no MISP at this url"];
    case 405:
      return isObject(body) ? ["unknown", "MISP will not do this"] : ["garbled", "there is no MISP at this url"];
    case 429:
      return ["busy", "MISP's rate limit is reached"];
    default:
      return ["invalid", `MISP answered ${status}`];
  }
}

/** A rejected form, a refused key and a missing right share one status. Its version MISP tells to every key it accepts. */
function ofForbidden(body: unknown, path: string): Diagnosis {
  if (isObject(body) && "saved" in body) return ["invalid", "MISP rejects this"];
  if (path === "/servers/getVersion") return ["key", "MISP refuses the key"];
  return ["forbidden", "the key's role may not do this, or the key is no longer accepted"];
}

/**
 * Makes sure that MISP has written what it was to write. It tells so; a refusal with status 200 has a message and does not.
 * @throws MispError `invalid` or `garbled`
 */
export function assertSaved({ body }: RestAnswer, path: string, hide: Hide): void {
  if (!isObject(body)) throw new MispError("garbled", `${path} answered with something that is not its answer`);
  if (body.saved === true || body.success === true || !("message" in body)) return;
  throw new MispError("invalid", `${path}: MISP answered 200, but did not save this${excerpt(body, hide)}`);
}

function errorInside(body: unknown): boolean {
  return isObject(body) && (body.saved === false || ("errors" in body && !("response" in body)));
}

function excerpt(body: Json, hide: Hide): string {
  const text = body.errors ?? body.message ?? body.name;
  return text === undefined ? "" : ` (${hide(typeof text === "string" ? text : JSON.stringify(text)).slice(0, 200)})`;
}

/** A day, milliseconds: timers cannot hold a wait of any length. */
const LONGEST_WAIT = 24 * 3_600_000;

function waitOf(status: number, headers: RestAnswer["headers"]): number | undefined {
  // MISP tells when the window ends with every answer to a search, whether the limit was reached or not.
  const reset = status === 429 ? Number(headers["x-rate-limit-reset"]) * 1000 : 0;
  // Without MISP's clock a date tells nothing.
  const wait = retryAfter(headers, Number.NaN) ?? reset;
  return wait > 0 ? Math.min(wait, LONGEST_WAIT) : undefined;
}
