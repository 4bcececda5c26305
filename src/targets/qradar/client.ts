import type { RestAnswer, RestRequest } from "../../rest/rest.ts";
import { retryAfter } from "../../rest/retry-after.ts";
import type { Ask } from "../rest-target.ts";
import { NotNow } from "../target.ts";
import type { Tell } from "../tell.ts";

/** What a console answered: done, or one of the refusals that its caller can make something of. */
export interface Reply {
  /** 2xx, 404, 409 or one that {@link isOfWhatWasSent}. */
  status: number;
  body: unknown;
  /** QRadar's own number of the refusal, and what it says. */
  problem: { code: number; message: string } | undefined;
  /** How many elements the whole list has, where a part of it was asked for. */
  total: number | undefined;
}

/** A console that locks an address out after some bad logins is not asked more often than this, milliseconds. */
const LOCKED_OUT = 300_000;

const OF_WHAT_WAS_SENT = new Set([413, 414, 422, 431]);

/** True for a refusal that speaks of the values, or of how many or how long they are: fewer of them may well be taken. */
export function isOfWhatWasSent({ status }: Pick<Reply, "status">): boolean {
  return OF_WHAT_WAS_SENT.has(status);
}

/** QRadar's API: every answer is told apart once, here. */
export class QradarClient {
  /** Goes out as `Version`. */
  version: string | undefined;
  readonly #ask: Ask;
  readonly #clock: () => number;
  readonly #versionGone: () => void;
  /** For the console's own words, wherever they stand in an answer. */
  readonly tell: Tell;

  /** @param versionGone called when the console no longer has the version that it was asked with */
  constructor(ask: Ask, clock: () => number, tell: Tell, versionGone: () => void) {
    this.#ask = ask;
    this.#clock = clock;
    this.tell = tell;
    this.#versionGone = versionGone;
  }

  /**
   * @param request with a path below `/api`
   * @throws NotNow when the console cannot be used at the moment
   */
  async call(request: RestRequest, signal: AbortSignal): Promise<Reply> {
    const headers = { ...request.headers, ...(this.version === undefined ? {} : { Version: this.version }) };
    const answer = await this.#ask({ ...request, path: `/api${request.path}`, headers }, signal);
    const { status, body } = answer;
    if (answer.garbled && status < 300) throw new NotNow("the console's answer is a page, or was cut: is this QRadar?");
    if (status >= 200 && status < 300) return { status, body, problem: undefined, total: totalOf(answer) };
    const problem = problemOf(body, this.tell);
    if (status === 422 && /has been removed and is no longer valid/i.test(problem.message)) {
      this.#versionGone();
      throw new NotNow("the console no longer has this version of its API");
    }
    if (status === 404 || status === 409 || isOfWhatWasSent(answer)) return { status, body, problem, total: undefined };
    throw this.#failure(answer, problem.message);
  }

  #failure(answer: RestAnswer, message: string): Error {
    const { status } = answer;
    const said = message === "" ? "" : `: ${message}`;
    const wait = retryAfter(answer.headers, this.#clock());
    if (status === 401) return new NotNow(`the console refuses the token (401)${said}`, { wait: wait ?? LOCKED_OUT });
    if (status === 403) {
      return new NotNow(`the token may not manage reference data (403)${said}`, { wait: wait ?? LOCKED_OUT });
    }
    if (status === 429) return new NotNow(`the console asks for fewer requests (429)${said}`, { wait });
    if (status >= 500) return new NotNow(`the console cannot answer now (${status})${said}`, { wait });
    if (status >= 300 && status < 400) return new NotNow(`what answers here is no QRadar API (${status})`);
    return new Error(`the console did not understand the request (${status})${said}`);
  }
}

/** The fields of an object that came as JSON; none where it is no object. */
export function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === "object" && body !== null ? Object.fromEntries(Object.entries(body)) : {};
}

/**
 * The list that an answer is to be.
 * @throws NotNow when it is none: a page that merely says 200 proves nothing
 */
export function listIn(body: unknown, what: string): readonly unknown[] {
  if (Array.isArray(body)) return body;
  throw new NotNow(`the console's answer holds no ${what}: is this QRadar?`);
}

function problemOf(body: unknown, tell: Tell): { code: number; message: string } {
  const { code, message, description } = fieldsOf(body);
  const said = [message, description].find((text) => typeof text === "string" && text !== "");
  return { code: typeof code === "number" ? code : 0, message: typeof said === "string" ? tell(said) : "" };
}

function totalOf({ headers }: RestAnswer): number | undefined {
  const range = headers["content-range"];
  const [, total] = typeof range === "string" ? (/\/(\d+)$/.exec(range) ?? []) : [];
  return total === undefined ? undefined : Number(total);
}
