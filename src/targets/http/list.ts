import ipaddr from "ipaddr.js";
import { isoTimeOf } from "../../model/iso-time.ts";
import { spell } from "../csv/row.ts";
import type { ListSettings } from "./settings.ts";
import type { Listed, ListStore } from "./store.ts";

/** A list as it is served. */
export interface RenderedList {
  text: string;
  /** How many entries it has, and how many there was no room for. */
  entries: number;
  leftOut: number;
}

const CSV_HEADER = "value,type,score,expires\n";
/** More than this of a type are not named one by one. */
const MOST_NAMED = 200_000;

/** A list out of what its target holds: the best by score as far as there is room, and the same bytes for the same content. */
export function renderList(store: ListStore, settings: ListSettings): RenderedList {
  const { types, format, capacity } = settings;
  const chosen = distinct(store.best(types, capacity, FITS[format])).slice(0, capacity);
  // The best first: a firewall with less room than `capacity` says drops the end without a word.
  const lines = chosen.map((entry) => LINE[format](entry));
  const text = lines.map((line) => `${line}\n`).join("");
  return {
    text: format === "csv" ? CSV_HEADER + text : text,
    entries: lines.length,
    leftOut: leftOutOf(store, settings),
  };
}

function leftOutOf(store: ListStore, settings: ListSettings): number {
  const { types, format, capacity } = settings;
  const most = store.count(types) - capacity;
  // What is an address has to be looked up one by one, which takes seconds where there are hundreds of thousands.
  return most > 0 && format === "cidr" ? beyond(store, settings).length : Math.max(0, most);
}

/** What a list has no room for, the best first: as CSV, whatever the list's own format. */
export function renderLeftOut(store: ListStore, settings: ListSettings): RenderedList {
  const lines = beyond(store, settings).map((entry) => `${LINE.csv(entry)}\n`);
  return { text: CSV_HEADER + lines.join(""), entries: lines.length, leftOut: 0 };
}

function beyond(store: ListStore, { types, format, capacity }: ListSettings): Listed[] {
  return distinct(store.best(types, capacity + MOST_NAMED, FITS[format])).slice(capacity);
}

/** The best first, each value once: as whatever type it has the best score. */
function distinct(entries: readonly Listed[]): Listed[] {
  const best = new Map<string, Listed>();
  for (const entry of entries.toSorted(byScore)) if (!best.has(entry.value)) best.set(entry.value, entry);
  return [...best.values()];
}

function byScore(one: Listed, other: Listed): number {
  return other.score - one.score || (one.value < other.value ? -1 : one.value > other.value ? 1 : 0);
}

/** Whether an entry has a line in a list of this format at all. */
const FITS: Record<ListSettings["format"], (entry: Listed) => boolean> = {
  plain: () => true,
  cidr: ({ value }) => cidrOf(value) !== undefined,
  csv: () => true,
};

const LINE: Record<ListSettings["format"], (entry: Listed) => string> = {
  plain: ({ value }) => value,
  cidr: ({ value }) => cidrOf(value) ?? "",
  csv: ({ value, type, score, expires }) =>
    [value, type, String(score), isoTimeOf(expires) ?? ""].map((field) => spell(field, false)).join(","),
};

/** How every address begins, and few other values: the library takes ten times as long to say no. */
const PERHAPS_ADDRESS = /^(?:[\d.]+(?:\/|$)|[\da-f]*:)/i;

/** An address or network with its prefix length; `undefined` for anything else. */
function cidrOf(value: string): string | undefined {
  if (!PERHAPS_ADDRESS.test(value)) return undefined;
  const [base = "", length] = value.split("/", 2);
  // The library takes any number, and so half of all hashes, for an IPv4 address.
  const isV4 = ipaddr.IPv4.isValidFourPartDecimal(base);
  if (!isV4 && !ipaddr.IPv6.isValid(base)) return undefined;
  if (length === undefined) return `${value}/${isV4 ? 32 : 128}`;
  return ipaddr.isValidCIDR(value) ? value : undefined;
}
