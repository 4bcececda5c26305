/** A request as the stand-in's routes see it. */
export interface Call {
  method: string;
  /** Below `/api/`, as it stood in the address. */
  path: string;
  query: URLSearchParams;
  headers: Record<string, string | undefined>;
  text: string;
}

export interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

const PHRASES: Record<number, string> = {
  401: "You are unauthorized to access the requested resource.",
  403: "Your account is not authorized to access the requested resource",
  404: "We could not find the resource you requested.",
  409: "The request could not be completed due to a conflict with the current state of the resource",
  422: "The request was well-formed but was unable to be followed due to semantic errors",
  429: "Too many requests",
  500: "Unexpected internal server error",
  503: "The server is temporarily unable to service your request",
};

/** The envelope in which QRadar says what is wrong. */
export function problem(status: number, code: number, message: string): Reply {
  const phrase = PHRASES[status] ?? "";
  const body = { http_response: { code: status, message: phrase }, code, description: "", details: {}, message };
  return { status, body };
}

export function ok(body: unknown, status = 200): Reply {
  return { status, body };
}

/** The part of a list that a `Range` asks for; `unasked` is how many come without one. */
export function ranged<Item>(items: readonly Item[], call: Call, unasked = Number.MAX_SAFE_INTEGER) {
  const { range } = call.headers;
  const [, from = "0", to = String(unasked - 1)] = /^items=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
  if (range !== undefined && !/^items=\d+-\d+$/.test(range)) return undefined;
  const part = items.slice(Number(from), Number(to) + 1);
  const headers: Record<string, string> =
    range === undefined
      ? {}
      : { "content-range": `items ${from}-${Math.max(0, Number(from) + part.length - 1)}/${items.length}` };
  return { part, headers };
}

export const BAD_RANGE = problem(422, 36, "Failed to parse Range header");

/** Only the fields that are asked for, as in `name,data(value)`. */
export function fields(row: Record<string, unknown>, asked: string | null): Record<string, unknown> {
  if (asked === null) return row;
  const names = asked
    .replaceAll(/\([^)]*\)/g, "")
    .split(",")
    .map((name) => name.trim());
  return Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name)));
}

type Test = (row: Record<string, unknown>) => boolean;

/** QRadar's filters as far as they are needed: comparisons joined by `and`. */
export function filtered(rows: readonly Record<string, unknown>[], filter: string | null) {
  if (filter === null) return [...rows];
  const tests = filter.split(/(?<! between \S*) and /).map(testOf);
  return tests.some((test) => test === undefined)
    ? undefined
    : rows.filter((row) => tests.every((test) => test?.(row)));
}

function testOf(text: string): Test | undefined {
  const between = /^(\w+) between (\S+) and (\S+)$/.exec(text.trim());
  if (between) {
    const [, field = "", least = "", most = ""] = between;
    return (row) => String(row[field]) >= least && String(row[field]) <= most;
  }
  const [, field = "", operator, quoted, plain] = /^(\w+)\s*(=|>)\s*(?:"([^"]*)"|(\S+))$/.exec(text.trim()) ?? [];
  const wanted = quoted ?? plain;
  if (wanted === undefined) return undefined;
  return operator === "=" ? (row) => String(row[field]) === wanted : (row) => Number(row[field]) > Number(wanted);
}
