import { createHash } from "node:crypto";

/** How the files are named: by the MISP type alone, or as MISP-Broker names them. */
export type CsvLayout = "plain" | "broker";

/** MISP's types whose names have more in them than small letters, digits, `-` and `|`, by the name of their file. */
const TYPE_OF_NAME: ReadonlyMap<string, string> = new Map([
  ["as", "AS"],
  ["named_pipe", "named pipe"],
  ["sha512_224", "sha512/224"],
  ["sha512_256", "sha512/256"],
  ["filename_sha512_224", "filename|sha512/224"],
  ["filename_sha512_256", "filename|sha512/256"],
]);

/** The types whose files MISP-Broker makes before anything is known of them. */
export const BROKER_TYPES: readonly string[] = [
  "ip-src",
  "ip-dst",
  "ip-dst|port",
  "email-src",
  "email-src-display-name",
  "email-subject",
  "domain",
  "domain|ip",
  "hostname",
  "uri",
  "url",
  "filename",
  "filename|md5",
  "filename|sha1",
  "filename|sha256",
  "imphash",
  "md5",
  "sha1",
  "sha256",
  "sha3-384",
  "sha512",
  "ssdeep",
  "user-agent",
  "vulnerability",
];

/** The name of a type's file, safe in any directory. Two types never share one, also not where case is ignored. */
export function csvName(type: string, layout: CsvLayout): string {
  return layout === "broker" ? `tsi_misp_${nameOf(type)}.csv` : `${nameOf(type)}.csv`;
}

/** The type whose values a file of this name holds; `undefined` where the name tells of none. */
export function typeOfCsv(file: string, layout: CsvLayout): string | undefined {
  const prefix = layout === "broker" ? "tsi_misp_" : "";
  if (!file.startsWith(prefix) || !file.endsWith(".csv")) return undefined;
  const type = typeOf(file.slice(prefix.length, -".csv".length));
  return csvName(type, layout) === file ? type : undefined;
}

/** A type as part of a name: small letters, digits, `.`, `_` and `-` for all of MISP's types but AS. */
export function nameOf(type: string): string {
  const name = type.replaceAll(/[^A-Za-z0-9._-]|^\./g, "_").slice(0, 100);
  if (typeOf(name) === type) return name;
  return `${name}-${createHash("sha256").update(type).digest("hex").slice(0, 8)}`;
}

/** A name belongs to one type: MISP's, or the one it gives when `_` is read as `|`. Any other type's name says which. */
export function typeOf(name: string): string {
  const folded = name.toLowerCase();
  return TYPE_OF_NAME.get(folded) ?? folded.replaceAll("_", "|");
}
