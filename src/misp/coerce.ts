import { LAST_SECOND } from "../model/iso-time.ts";

/** A message that does not have the shape that MISP's source and recordings promise. */
export class Malformed extends Error {
  override readonly name = "Malformed";
}

export type Json = Record<string, unknown>;

/** The object under a key; {@link Malformed} when there is none. */
export function objectAt(parent: Json, key: string): Json {
  const value = parent[key];
  if (!isObject(value)) throw new Malformed(`${key} is not an object`);
  return value;
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Elements under a key that are objects; a missing block is an empty one, as MISP leaves out what is empty. */
export function objectsAt(parent: Json, key: string): Json[] {
  const value = parent[key];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** A whole number ≥ 0 that MISP writes as a number or as a string, depending on its version and database driver. */
export function numberAt(parent: Json, key: string): number {
  const number = wholeNumber(parent[key]);
  if (number === undefined) throw new Malformed(`${key} is not a whole number`);
  return number;
}

/** As {@link numberAt}, with a value for what is missing, empty or null. */
export function numberOr<Fallback>(parent: Json, key: string, fallback: Fallback): number | Fallback {
  return wholeNumber(parent[key]) ?? fallback;
}

/** Unix seconds, as {@link numberAt}; of a time beyond all calendars, the last that there is. */
export function secondsAt(parent: Json, key: string): number {
  return Math.min(numberAt(parent, key), LAST_SECOND);
}

/** As {@link secondsAt}, with a value for what is missing, empty or null. */
export function secondsOr<Fallback>(parent: Json, key: string, fallback: Fallback): number | Fallback {
  const seconds = wholeNumber(parent[key]);
  return seconds === undefined ? fallback : Math.min(seconds, LAST_SECOND);
}

/** A MISP id: a whole number above 0. */
export function idAt(parent: Json, key = "id"): number {
  const id = numberAt(parent, key);
  if (id === 0) throw new Malformed(`${key} is 0`);
  return id;
}

function wholeNumber(value: unknown): number | undefined {
  if (typeof value === "string" && value !== "" && value.length < 16) value = Number(value);
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function uuidAt(parent: Json, key = "uuid"): string {
  const value = parent[key];
  if (typeof value !== "string" || !UUID.test(value)) throw new Malformed(`${key} is not a UUID`);
  return value.toLowerCase();
}

export function uuidOrNull(parent: Json, key = "uuid"): string | null {
  const value = parent[key];
  return typeof value === "string" && UUID.test(value) ? value.toLowerCase() : null;
}

/**
 * Text under a key, at most `limit` characters of it; numbers become text, anything else is the empty string.
 * Lone surrogates and NUL become U+FFFD, so that what is stored is what is compared.
 */
export function textAt(parent: Json, key: string, limit = 65_536): string {
  const value = parent[key];
  if (typeof value !== "string") return typeof value === "number" ? String(value) : "";
  const text = value.length > limit ? value.slice(0, limit) : value;
  return text.isWellFormed() && !text.includes("\0") ? text : text.toWellFormed().replaceAll("\0", "\uFFFD");
}

/** As {@link booleanAt}, where a lack of it must not pass for false. */
export function flagAt(parent: Json, key: string): boolean {
  const value = parent[key];
  if (typeof value !== "boolean" && !["0", "1", 0, 1].some((digit) => digit === value)) {
    throw new Malformed(`${key} is not a flag`);
  }
  return booleanAt(parent, key);
}

/** The objects under a key, where one that is missing would count; {@link Malformed} when it is not a list of objects. */
export function listAt(parent: Json, key: string): Json[] {
  const value = parent[key];
  if (!Array.isArray(value) || !value.every(isObject)) throw new Malformed(`${key} is not a list of objects`);
  return value;
}

/** MISP's booleans: true, 1, "1"; anything else is false. */
export function booleanAt(parent: Json, key: string): boolean {
  const value = parent[key];
  return value === true || value === 1 || value === "1";
}

/** An ISO 8601 time, or a Unix time in seconds, as Unix seconds; `null` for anything else. */
export function timeAt(parent: Json, key: string): number | null {
  const value = parent[key];
  const seconds = secondsOr(parent, key, undefined);
  if (seconds !== undefined) return seconds > 0 ? seconds : null;
  if (typeof value !== "string" || value === "") return null;
  const time = Date.parse(value);
  return Number.isNaN(time) || time < 0 ? null : Math.min(Math.floor(time / 1000), LAST_SECOND);
}
