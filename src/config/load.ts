import { isUtf8 } from "node:buffer";
import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { z } from "zod";
import { certificateFiles, certificatesDigest, holdsCertificates } from "./certificates.ts";
import { misplacedAtForwarder } from "./forwarder-targets.ts";
import { ConfigError, type ConfigIssue, formatPath } from "./issue.ts";
import { readFirstLoad } from "./misp.ts";
import { unreadableProtectFiles } from "./protect.ts";
import { rivals } from "./rivals.ts";
import { type Config, configSchema } from "./schema.ts";
import { readSource, type Source } from "./source.ts";
import type { Environment } from "./variables.ts";
import { describeIssue, findings, isUnknownKey } from "./wording.ts";

/** Far above any configuration, far below what would stall the reader. */
const LARGEST = 1024 * 1024;

/** How a configuration is read. */
interface Reading {
  /** Where relative paths count from, unless it is the folder of the file. */
  directory?: string;
  /** Milliseconds. Where it is to be worked by from now on, a date that is yet to come is a mistake. */
  now?: number;
}

/**
 * Reads and checks a configuration file; `${NAME}` is filled from `environment`, `key_file` is read.
 * @throws ConfigError with every mistake at once
 */
export function loadConfig(
  file: string,
  environment: Environment,
  { directory = dirname(resolve(file)), now = Number.POSITIVE_INFINITY }: Reading = {},
): Config {
  const source = readSource(readText(file), environment);
  const issues = [...source.issues];
  const key = source.data === undefined ? "" : readKey(source, directory, issues);
  const parsed = source.data === undefined ? undefined : check(source, issues);
  complainOfTwoFeeds(source, issues);
  complainOfDateToCome(source, now, issues);
  complainOfProtectFiles(source, directory, issues);
  complainOfCertificates(source, directory, issues);
  if (parsed) complainOfRivals(parsed, source, directory, issues);
  if (issues.length > 0 || !parsed) throw new ConfigError(file, issues);
  return inForce(parsed, key, { directory, certificates: certificatesDigest(source.data, directory) });
}

/** The schema has seen to it that what the role needs is there. */
function inForce(
  { role: _, misp, source, ...given }: z.output<typeof configSchema>,
  key: string,
  beside: Pick<Config, "directory" | "certificates">,
): Config {
  const common = { ...given, ...beside };
  if (misp) {
    const ca_file = misp.ca_file === undefined ? undefined : resolvePath(common, misp.ca_file);
    return { ...common, role: "courier", misp: { ...misp, key: misp.key ?? key, ca_file } };
  }
  if (!source) throw new Error("a configuration has neither MISP nor source");
  // There is no MISP whose lists could be asked for.
  const warninglists = { ...common.warninglists, from_misp: false };
  return { ...common, warninglists, role: "forwarder", source };
}

/** The absolute form of a path from the configuration. */
export function resolvePath(config: Pick<Config, "directory">, path: string): string {
  return resolve(config.directory, path);
}

/** Checks the data against the schema; what was already complained about is not complained about again. */
function check({ data, place }: Source, issues: ConfigIssue[]) {
  const result = configSchema.safeParse(data, { error: describeIssue });
  if (result.success) return result.data;
  const known = new Set(issues.map(({ path }) => path));
  for (const { path, message } of findings(result.error)) {
    const written = formatPath(path);
    // What is wrong with the value of a key says nothing of whether there is such a key.
    if (!known.has(written) || isUnknownKey(message)) issues.push({ ...place(path), path: written, message });
  }
  return undefined;
}

function readKey({ data, place, issues: earlier }: Source, directory: string, issues: ConfigIssue[]): string {
  const path = ["misp", "key_file"];
  const file = path.reduce(member, data);
  if (typeof file !== "string" || file === "" || isNamed(path, earlier)) return "";
  try {
    const key = readFileSync(resolve(directory, file), "utf8").trim();
    if (key === "") issues.push({ ...place(path), path: formatPath(path), message: "this file is empty" });
    return key;
  } catch (error) {
    issues.push({ ...place(path), path: formatPath(path), message: `this file cannot be read: ${reasonOf(error)}` });
    return "";
  }
}

/** Past the defaults nobody could tell any more whether `zeromq` was written. */
function complainOfTwoFeeds({ data, place }: Source, issues: ConfigIssue[]): void {
  const misp = member(data, "misp");
  if (member(misp, "kafka") === undefined || member(misp, "zeromq") === undefined) return;
  const path = ["misp", "kafka"];
  issues.push({ ...place(path), path: formatPath(path), message: "there is zeromq as well; keep one" });
}

/** From then on there is nothing yet to load: a slip, such as next year for this. */
function complainOfDateToCome({ data, place }: Source, now: number, issues: ConfigIssue[]): void {
  const path = ["misp", "catch_up", "first_load"];
  const given = path.reduce(member, data);
  const load = typeof given === "string" ? readFirstLoad(given) : undefined;
  if (load?.kind !== "since" || load.time * 1000 <= now) return;
  issues.push({ ...place(path), path: formatPath(path), message: "is a date that is yet to come (UTC)" });
}

/** The `protect` lists as they are written: of the whole courier, and of each target. */
function complainOfProtectFiles({ data, place }: Source, directory: string, issues: ConfigIssue[]): void {
  const targets = Object.keys(Object(member(data, "targets")));
  for (const path of [["guard", "protect"], ...targets.map((name) => ["targets", name, "guard", "protect"])]) {
    const protect = path.reduce(member, data);
    const entries = (Array.isArray(protect) ? protect : []).map((entry) => (typeof entry === "string" ? entry : ""));
    for (const { index, reason } of unreadableProtectFiles(entries, directory)) {
      const at = [...path, index];
      if (isNamed(at, issues)) continue;
      issues.push({ ...place(at), path: formatPath(at), message: `this file cannot be read: ${reasonOf(reason)}` });
    }
  }
}

/** Found out only once somebody is called, a file that is not there would look like a far side that is down. */
function complainOfCertificates({ data, place }: Source, directory: string, issues: ConfigIssue[]): void {
  for (const { path, file } of certificateFiles(data)) {
    if (isNamed(path, issues)) continue;
    const complain = (message: string) => issues.push({ ...place(path), path: formatPath(path), message });
    try {
      if (!holdsCertificates(resolve(directory, file))) complain("this file holds no certificates in PEM");
    } catch (error) {
      complain(`this file cannot be read: ${reasonOf(error)}`);
    }
  }
}

/** Whether there is a complaint about a place already, such as of a variable that is not set: what stands there says nothing then. */
function isNamed(path: readonly PropertyKey[], issues: readonly ConfigIssue[]): boolean {
  const written = formatPath(path);
  return issues.some((issue) => issue.path === written);
}

function complainOfRivals(
  { targets, source }: z.output<typeof configSchema>,
  { place }: Source,
  directory: string,
  issues: ConfigIssue[],
): void {
  const misplaced = source ? misplacedAtForwarder(targets, source) : [];
  for (const { name, key, message } of [...rivals(targets, directory), ...misplaced]) {
    const path = ["targets", name, ...(key === undefined ? [] : [key])];
    issues.push({ ...place(path), path: formatPath(path), message });
  }
}

function member(holder: unknown, key: string): unknown {
  return typeof holder === "object" && holder !== null
    ? Object.entries(holder).find(([name]) => name === key)?.[1]
    : undefined;
}

function readText(file: string): string {
  try {
    if (statSync(file).size > LARGEST) throw fileError(file, "is larger than 1 MiB");
    const bytes = readFileSync(file);
    // What is no UTF-8 would be read as other names and passwords than were written.
    if (!isUtf8(bytes)) throw fileError(file, "is not written in UTF-8");
    return bytes.toString("utf8");
  } catch (error) {
    throw error instanceof ConfigError ? error : fileError(file, `cannot be read: ${reasonOf(error)}`);
  }
}

function fileError(file: string, message: string): ConfigError {
  return new ConfigError(file, [{ line: 0, column: 0, path: "", message }]);
}

const REASONS: Record<string, string> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied",
  EISDIR: "it is a folder",
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
  return REASONS[code] ?? code;
}
