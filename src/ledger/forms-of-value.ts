import { normalize } from "../curation/normalize.ts";

const FINGERPRINTS = ["x509-fingerprint-md5", "x509-fingerprint-sha1", "x509-fingerprint-sha256"];
/** Types under which a value is looked for in the form that the ledger would give it. */
const FORMS = ["ip-dst", "domain", "sha256", "sha1", "md5", "email-src", "sha512", "mac-address", ...FINGERPRINTS];

/** A value in every form in which the ledger may have it, that of a pair with its halves in theirs. */
export function formsOf(value: string): string[] {
  const bar = value.indexOf("|");
  if (bar < 0) return formsOfOne(value);
  const seconds = formsOfOne(value.slice(bar + 1));
  return [value, ...formsOfOne(value.slice(0, bar)).flatMap((first) => seconds.map((second) => `${first}|${second}`))];
}

function formsOfOne(value: string): string[] {
  return [...new Set([value, value.trim(), ...FORMS.flatMap((type) => normalize(type, value) ?? [])])];
}
