const CATEGORIES: Record<string, readonly string[]> = {
  "Network activity": [
    ..."ip-src ip-dst hostname domain domain|ip email-dst url uri ja3-fingerprint-md5 ip-dst|port".split(" "),
    ..."ip-src|port hostname|port x509-fingerprint-sha1 x509-fingerprint-sha256 onion-address snort".split(" "),
  ],
  "Payload delivery": [
    ..."md5 sha1 sha224 sha256 sha384 sha512 ssdeep imphash tlsh filename email-src malware-sample".split(" "),
    ..."filename|md5 filename|sha1 filename|sha256 filename|sha512 filename|ssdeep".split(" "),
  ],
  "Payload installation": ["yara", "sigma", "pattern-in-file"],
  "Persistence mechanism": ["regkey", "regkey|value"],
  "Financial fraud": ["btc", "xmr", "iban"],
};

const DETECTABLE = new Map(
  Object.entries(CATEGORIES).flatMap(([category, types]) => types.map((type) => [type, category] as const)),
);

/** MISP's category and IDS flag for a type when the author gives none; types that no sensor can look for get `Other`. */
export function defaultsOf(type: string): { category: string; toIds: boolean } {
  const category = DETECTABLE.get(type);
  return { category: category ?? "Other", toIds: category !== undefined };
}

/** The two columns in which MISP keeps a value: split at the first `|` for composite types, else whole and empty. */
export function splitValue(type: string, value: string): { value1: string; value2: string } {
  const bar = type.includes("|") || type === "malware-sample" ? value.indexOf("|") : -1;
  if (bar < 0) return { value1: value, value2: "" };
  return { value1: value.slice(0, bar), value2: value.slice(bar + 1) };
}

/** The value as MISP shows it. */
export function joinValue({ value1, value2 }: { value1: string; value2: string }): string {
  return value2 === "" ? value1 : `${value1}|${value2}`;
}
