import { z } from "zod";

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 };
const DURATION = new RegExp(`^(\\d{1,12})([${Object.keys(SECONDS).join("")}])$`);
/** More than a timer or a date could stand. */
const LONGEST = 31_536_000_000;

/** Seconds of `90s 30m 12h 30d 2w 1y` (a year has 365 days); `undefined` when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit = ""] = DURATION.exec(text.trim()) ?? [];
  const size = SECONDS[unit];
  if (amount === undefined || size === undefined) return undefined;
  const seconds = Number(amount) * size;
  return seconds > LONGEST ? undefined : seconds;
}

const EXAMPLES = "such as 90s, 30m, 12h, 30d, 2w or 1y";

/** A setting that is a length of time above zero; seconds after parsing. */
export const duration = durationSetting(`must be a duration above zero, ${EXAMPLES}`, (text) => positive(text)).meta({
  shows: "duration",
});

/** A length of time that may be zero (`0s`); seconds after parsing. */
export const durationOrZero = durationSetting(`must be a duration, ${EXAMPLES}`, parseDuration).meta({
  shows: "duration",
});

/** A length of time above zero in seconds, or `never`, which becomes `null`. */
export const durationOrNever = durationSetting(`must be a duration above zero, ${EXAMPLES}, or never`, (text) =>
  text === "never" ? null : positive(text),
).meta({ shows: "duration, or `never`" });

function positive(text: string): number | undefined {
  const seconds = parseDuration(text);
  return seconds === 0 ? undefined : seconds;
}

function durationSetting<Parsed>(complaint: string, parse: (text: string) => Parsed | undefined) {
  const wrongType = ({ input }: { input?: unknown }) => (input === undefined || input === null ? undefined : complaint);
  return z.string({ error: wrongType }).transform((text, context) => {
    const parsed = parse(text);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: "custom", message: complaint });
    return z.NEVER;
  });
}
