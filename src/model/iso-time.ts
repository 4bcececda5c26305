/** The last second of the year 9999, Unix seconds: later times have no name that all programs understand. */
export const LAST_SECOND = 253_402_300_799;

/** ISO 8601 in UTC to the second. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}

/** The same of MISP's Unix seconds; `null` for no time, and for one that no calendar has. */
export function isoTimeOf(seconds: number | null): string | null {
  if (seconds === null || Number.isNaN(new Date(seconds * 1000).valueOf())) return null;
  return isoTime(seconds * 1000);
}

/** The same for readers who keep to RFC 3339; `null` as well for a year of which it cannot tell: it has four digits for each. */
export function rfc3339Of(seconds: number | null): string | null {
  const text = isoTimeOf(seconds);
  return text !== null && /^\d{4}-/.test(text) ? text : null;
}
