import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { createRequire } from "node:module";
import type { Readable } from "node:stream";
import type { AxiosInstance, AxiosStatic } from "axios";
import { LONGEST_TIMER } from "../model/longest-timer.ts";
import { proxyOf } from "./proxy.ts";
import { whyNoAnswer } from "./why-no-answer.ts";

export interface RestSettings {
  url: string;
  headers: Readonly<Record<string, string>>;
  verify_tls: boolean;
  /** An absolute path. */
  ca_file?: string | undefined;
  proxy?: string | undefined;
  /** Seconds that one request may take. */
  timeout: number;
}

export interface RestRequest {
  method: string;
  /** Below the URL; a stranger's text in it must be encoded. Empty: the URL just as it is given. */
  path: string;
  query?: Readonly<Record<string, string | number>> | undefined;
  /** Goes out as JSON; a text goes as it is. */
  body?: unknown;
  headers?: Readonly<Record<string, string>> | undefined;
  /** Nobody reads what the answer holds: one that cannot be unpacked, or is too long for anybody, is an answer, too. */
  unread?: boolean;
}

export interface RestAnswer {
  status: number;
  headers: Readonly<Record<string, unknown>>;
  /** `undefined` when it is not JSON, or was cut. */
  body: unknown;
  /** There is a body all the same: a page for people, or the half of an answer. */
  garbled: boolean;
}

/** No answer came; what was asked may have been done all the same. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** Bytes of an answer that nobody reads. */
const MOST_UNREAD = 65_536;
/** A line that nobody used for so long is not used again, milliseconds: firewalls forget those that are idle, without a word to either end. */
const IDLE = 30_000;

const require = createRequire(import.meta.url);

/** With the first request, as many commands make none; and as the one file of `require`, where `import` takes seventy. */
const loadAxios = (): AxiosStatic => require("axios");

/** Another system's API over HTTP. An answer is an answer whatever its status says, and secrets stay out of errors. */
export class Rest {
  readonly #settings: RestSettings;
  readonly #idle: number;
  #client: AxiosInstance | undefined;

  constructor(settings: RestSettings, idle = IDLE) {
    this.#settings = settings;
    this.#idle = idle;
  }

  get #http(): AxiosInstance {
    this.#client ??= openClient(this.#settings, this.#idle);
    return this.#client;
  }

  /** @throws NoAnswer */
  async request(
    { method, path, query, body, headers, unread = false }: RestRequest,
    signal?: AbortSignal,
  ): Promise<RestAnswer> {
    try {
      const answer = await this.#http.request({
        method,
        url: path === "" ? this.#settings.url : path,
        data: body,
        ...(unread ? { responseType: "stream", decompress: false } : {}),
        ...(query ? { params: query } : {}),
        ...(headers ? { headers } : {}),
        ...(signal ? { signal } : {}),
      });
      if (unread) await letPass(answer.data);
      return { status: answer.status, headers: answer.headers, ...parse(unread ? "" : answer.data) };
    } catch (error) {
      // An axios error holds the request with its key: only its code and message go on.
      const code = loadAxios().isAxiosError(error) ? (error.code ?? error.message) : String(error);
      throw new NoAnswer(`no answer${path === "" ? "" : ` at ${path}`} (${whyNoAnswer(code)})`);
    }
  }
}

function openClient({ url, headers, verify_tls, ca_file, proxy, timeout }: RestSettings, idle: number): AxiosInstance {
  return loadAxios().create({
    baseURL: url.replace(/\/+$/, ""),
    timeout: Math.min(timeout * 1000, LONGEST_TIMER),
    headers: { Accept: "application/json", "User-Agent": "misp-courier", ...headers },
    maxRedirects: 0,
    maxContentLength: 512 * 1024 * 1024,
    validateStatus: () => true,
    httpsAgent: new Agent({
      keepAlive: true,
      // Of idle lines alone: a request has its own.
      timeout: idle,
      rejectUnauthorized: verify_tls,
      ca: ca_file === undefined ? undefined : readFileSync(ca_file),
    }),
    ...(proxy ? { proxy: proxyOf(proxy) } : {}),
    // Parsed by hand: a body that is cut in the middle must be an error, not text.
    transformResponse: (body: unknown) => body,
    responseType: "text",
  });
}

/** Lets a body pass, so that its connection serves again; of one that is too long the connection ends. */
async function letPass(body: Readable): Promise<void> {
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > MOST_UNREAD) return;
  }
}

function parse(text: string): Pick<RestAnswer, "body" | "garbled"> {
  try {
    return { body: JSON.parse(text), garbled: false };
  } catch {
    return { body: undefined, garbled: text !== "" };
  }
}
