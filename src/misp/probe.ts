import type { MispClient } from "./client.ts";
import { booleanAt, isObject, numberOr, textAt, uuidOrNull } from "./coerce.ts";

/** What MISP says of itself and of our key. */
export interface Probe {
  version: string;
  role: string;
  organisation: string;
  organisationId: number;
  organisationUuid: string | null;
  /** The role's permissions, by MISP's names (`perm_tagger`, …). */
  permissions: ReadonlySet<string>;
  /** What is missing, each as a sentence with its cure. */
  findings: string[];
}

/** The oldest MISP whose messages the courier understands. */
const OLDEST = [2, 4, 199];

/** Asks MISP for its version and for the owner of the key. @throws MispError with meaning `key` when the key is refused */
export async function probe(client: MispClient, signal?: AbortSignal): Promise<Probe> {
  const version = textAt(await client.version(signal), "version");
  const { Role, Organisation, User } = await client.me(signal);
  const findings: string[] = [];
  if (isOlder(version)) {
    findings.push(
      `MISP ${version || "of an unknown version"} is older than ${OLDEST.join(".")}: upgrade it, or expect gaps`,
    );
  }
  if (isObject(User) && booleanAt(User, "disabled"))
    findings.push("The key's user is disabled in MISP: enable it there");
  return {
    version,
    role: isObject(Role) ? textAt(Role, "name") : "",
    organisation: isObject(Organisation) ? textAt(Organisation, "name") : "",
    organisationId: isObject(Organisation) ? numberOr(Organisation, "id", 0) : 0,
    organisationUuid: isObject(Organisation) ? uuidOrNull(Organisation) : null,
    permissions: new Set(isObject(Role) ? Object.keys(Role).filter((name) => booleanAt(Role, name)) : []),
    findings,
  };
}

function isOlder(version: string): boolean {
  const parts = version.split(".").map(Number);
  for (const [index, least] of OLDEST.entries()) {
    const part = parts[index] ?? 0;
    if (Number.isNaN(part) || part < least) return true;
    if (part > least) return false;
  }
  return false;
}
