import type { Instance } from "./instance.ts";
import type { Body } from "./row-bodies.ts";

/** One request, taken apart the way MISP reads its addresses: `/controller/action/argument/name:value?query`. */
export interface RestRequest {
  method: string;
  /** The path with its query, as error answers quote it. */
  url: string;
  /** `controller/action`. */
  route: string;
  /** What follows the action, without the named ones. */
  args: readonly string[];
  named: Readonly<Record<string, string>>;
  /** The parsed JSON; undefined without one. */
  body: unknown;
  /** The body as fields; empty when it is no object. */
  fields: Body;
}

/** One answer. `body` is turned into JSON unless `text` already is that. */
export interface RestAnswer {
  status: number;
  body?: unknown;
  text?: string;
  headers?: Record<string, string>;
}

/** Answers one kind of request. */
export type Route = (request: RestRequest, instance: Instance) => RestAnswer;

/** Takes a request apart; named arguments of the path and the query both land in `named`. */
export function parseRequest(method: string, url: string, body: unknown): RestRequest {
  const { pathname, searchParams } = new URL(url, "http://stand-in");
  const [controller = "", action = "index", ...rest] = pathname.split("/").filter(Boolean).map(decodeURIComponent);
  const isNamed = (part: string) => /^\w+:/.test(part);
  const named = Object.fromEntries(
    rest.filter(isNamed).map((part) => [part.slice(0, part.indexOf(":")), part.slice(part.indexOf(":") + 1)]),
  );
  return {
    method,
    url,
    route: `${controller}/${action}`,
    args: rest.filter((part) => !isNamed(part)),
    named: { ...named, ...Object.fromEntries(searchParams) },
    body,
    fields:
      typeof body === "object" && body !== null && !Array.isArray(body) ? Object.fromEntries(Object.entries(body)) : {},
  };
}

/** A 200 with any body. */
export function answer(body: unknown, headers: Record<string, string> = {}): RestAnswer {
  return { status: 200, body, headers };
}

/** An answer in MISP's shape of errors. */
export function problem(request: RestRequest, status: number, message: string): RestAnswer {
  return { status, body: { name: message, message, url: request.url } };
}

/** An answer in MISP's shape of success. */
export function saved(request: RestRequest, message: string, id?: number): RestAnswer {
  const body = { saved: true, success: true, name: message, message, url: request.url };
  return answer(id === undefined ? body : { ...body, id: `${id}` });
}
