import { createLogger, format, transports } from "winston";
import { LogFile } from "./log-file.ts";

/** A fixed sentence and the facts as fields. An `error` field is shown with its stack at level error, else its message. */
export type Log = (sentence: string, facts?: Record<string, unknown>) => void;

export interface Logger {
  error: Log;
  warn: Log;
  info: Log;
  debug: Log;
}

export interface LogSettings {
  level: "error" | "warn" | "info" | "debug";
  format: "readable" | "json";
  file?: string | undefined;
}

/** The one way to the log. What is in `secrets` is never written, in whatever field or error it stands. */
export function openLog(settings: LogSettings, secrets: readonly string[]): Logger {
  const redacted = redactor(secrets);
  const redact = (line: string) => onOneLine(redacted(line));
  const shape = format((info) => {
    const { error } = info;
    if (error instanceof Error) info.error = info.level === "error" ? (error.stack ?? error.message) : error.message;
    for (const [name, fact] of Object.entries(info)) if (typeof fact === "object") info[name] = atAGlance(fact);
    return info;
  });
  const lines = settings.format === "json" ? format.printf((info) => redact(JSON.stringify(info))) : readable(redact);
  const logger = createLogger({
    level: settings.level,
    format: format.combine(shape(), format.timestamp(), lines),
    transports: [linesTo(process.stderr)],
  });
  const log: Logger = {
    error: (sentence, facts) => void logger.error(sentence, facts),
    warn: (sentence, facts) => void logger.warn(sentence, facts),
    info: (sentence, facts) => void logger.info(sentence, facts),
    debug: (sentence, facts) => void logger.debug(sentence, facts),
  };
  if (settings.file) logger.add(linesTo(fileOf(settings.file, log)));
  return log;
}

/** Longer texts are cut, characters: systemd's journal begins another line in a long one, with whatever stands there. */
const LONGEST = 1_000;

/** Samples and the like, of whose texts each may be one of 64 kB that a stranger wrote. */
function atAGlance(fact: unknown): unknown {
  const cut = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
  return JSON.parse(JSON.stringify(fact, (_, value) => (typeof value === "string" ? cut(value) : value)));
}

function linesTo(stream: NodeJS.WritableStream) {
  return new transports.Stream({ stream, eol: "\n" });
}

function fileOf(file: string, log: Logger): LogFile {
  return new LogFile(file, {
    began: (error) => log.error("The log file cannot be written", { file, reason: String(error) }),
    ended: (lines) => log.warn("The log file can be written again; some lines are missing", { file, lines }),
  });
}

function readable(redact: (text: string) => string) {
  return format.printf(({ timestamp, level, message, ...facts }) => {
    const fields = Object.entries(facts).map(([name, value]) => `${name}=${field(value)}`);
    return redact([timestamp, level.padEnd(5), message, ...fields].join(" "));
  });
}

/** One line stays one line: whatever stands in a field is quoted as soon as it is more than a word. */
function field(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "undefined");
  return /^[\w.:/@+-]*$/.test(text) ? text : JSON.stringify(text);
}

/** Leaves the secrets out of a text, in every form in which they may stand there. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  // Short ones would black out half of the log, and are no secrets.
  const worthHiding = secrets.filter((secret) => secret.length >= 6).sort((a, b) => b.length - a.length);
  const forms = worthHiding.flatMap((secret) => [
    secret,
    quoted(secret),
    // What stands deeper in a field of a readable line is quoted twice.
    quoted(quoted(secret)),
    encodeURIComponent(secret),
    new URLSearchParams({ "": secret }).toString().slice(1),
  ]);
  return (text) => forms.reduce((line, secret) => line.replaceAll(secret, "[secret]"), text);
}

function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/**
 * Sentences and names of fields may hold what a stranger wrote, too, and what cannot be seen would turn the rest of a line; the
 * escapes are those of JSON.
 */
function onOneLine(line: string): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return line.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => character.split("").map(escaped).join(""));
}

/** Says nothing, for those who do not want a log. */
export const silent: Logger = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };
