/** Both ends belong to it; Unix seconds. */
export interface TimeRange {
  from: number;
  to: number;
}

const SPANS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** The texts of a filter that may be one value or several; undefined, as MISP reads an empty list too, for none. */
export function textsOf(filter: unknown): ReadonlySet<string> | undefined {
  if (filter === undefined || filter === null || filter === "") return undefined;
  const texts = new Set((Array.isArray(filter) ? filter : [filter]).map(String));
  return texts.size === 0 ? undefined : texts;
}

/** Whether a name of a tag is meant by `tags`: texts, or those under `OR`, in which `%` stands for anything; undefined: all are. */
export function tagFilter(filter: unknown): ((tag: string) => boolean) | undefined {
  const named = textsOf(typeof filter === "object" && filter !== null && "OR" in filter ? filter.OR : filter);
  if (named === undefined) return undefined;
  const patterns = [...named].map((name) => name.toLowerCase().split("%"));
  return (tag) => patterns.some((parts) => isLike(tag.toLowerCase(), parts));
}

function isLike(text: string, [first = "", ...rest]: readonly string[]): boolean {
  if (rest.length === 0) return text === first;
  const last = rest.at(-1) ?? "";
  return text.length >= first.length + last.length && text.startsWith(first) && text.endsWith(last);
}

/** Whether a flag is switched on, in any of the ways in which MISP's clients write that. */
export function isOn(flag: unknown): boolean {
  return flag === true || flag === 1 || flag === "1" || flag === "true";
}

/** The settings of a flag that a filter admits: one value, or a list as in `[0, 1]`. */
export function settingsOf(filter: unknown): ReadonlySet<boolean> {
  return new Set((Array.isArray(filter) ? filter : [filter]).map(isOn));
}

/** A count, or undefined when there is none above zero. */
export function countOf(value: unknown): number | undefined {
  const count = Number(value);
  return Number.isInteger(count) && count > 0 ? count : undefined;
}

/**
 * A time filter: Unix seconds, a span back from now (`7d`), a date, or a pair of them.
 * @returns undefined when it was not given; what MISP cannot read means the next second, so that nothing is found
 */
export function timeRange(filter: unknown, now: number): TimeRange | undefined {
  if (filter === undefined || filter === null || filter === "") return undefined;
  if (!Array.isArray(filter)) return { from: moment(filter, now), to: Number.POSITIVE_INFINITY };
  const [from, to] = filter;
  return { from: moment(from, now), to: to === undefined ? Number.POSITIVE_INFINITY : moment(to, now) };
}

/** Whether a time lies in a range; no range admits all. */
export function inRange(time: number, range: TimeRange | undefined): boolean {
  return range === undefined || (time >= range.from && time <= range.to);
}

/** The page that `limit` and `page` ask for; everything without a limit. */
export function pageOf<Row>(rows: readonly Row[], limit: number | undefined, page: number | undefined): readonly Row[] {
  if (limit === undefined) return rows;
  const start = limit * ((page ?? 1) - 1);
  return rows.slice(start, start + limit);
}

/** The headers of every search. */
export function searchHeaders(count: number): Record<string, string> {
  return {
    "X-Result-Count": `${count}`,
    "X-Export-Module-Used": "json",
    "X-Response-Format": "json",
    "X-Skipped-Elements-Count": "0",
  };
}

function moment(value: unknown, now: number): number {
  const text = String(value);
  if (/^\d+$/.test(text)) return Number(text);
  const span = /^(?<count>\d+)(?<unit>[smhd])$/.exec(text)?.groups;
  if (span) return now - Number(span.count) * (SPANS[span.unit ?? ""] ?? 0);
  const date = Date.parse(text);
  return Number.isNaN(date) ? now + 1 : Math.floor(date / 1000);
}
