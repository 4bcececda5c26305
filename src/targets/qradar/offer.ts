import { NotNow } from "../target.ts";
import { fieldsOf, listIn, type QradarClient, type Reply } from "./client.ts";

/** Which API a console has for reference sets. */
export interface Offer {
  /** `undefined`: the console does not tell, and takes its newest. */
  version: string | undefined;
  /** The collections API, with its bulk update, can be used. */
  collections: boolean;
}

/**
 * Asks what the console offers.
 * @param wanted a version, or `auto` for the newest
 * @throws NotNow when it cannot be asked
 */
export async function askOffer(client: QradarClient, wanted: string, signal: AbortSignal): Promise<Offer> {
  const version = wanted === "auto" ? await newestVersion(client, signal) : wanted;
  const filter = `http_method="PATCH"${version === undefined ? "" : ` and version="${version}"`}`;
  const query = { filter, fields: "path,http_method,version,caller_has_access" };
  // A console so old that it has no such list has no collections either.
  const endpoints = listOrNone(
    await client.call({ method: "GET", path: "/help/endpoints", query }, signal),
    "endpoints",
  );
  return { version, collections: endpoints.some((endpoint) => isBulkUpdate(fieldsOf(endpoint), version)) };
}

async function newestVersion(client: QradarClient, signal: AbortSignal): Promise<string | undefined> {
  const query = { fields: "version,removed" };
  const reply = await client.call({ method: "GET", path: "/help/versions", query }, signal);
  const versions = listOrNone(reply, "versions").map(fieldsOf);
  const there = versions.flatMap(({ version, removed }) =>
    typeof version === "string" && /^\d+\.\d+$/.test(version) && removed !== true ? [version] : [],
  );
  return there.toSorted((one, other) => numberOf(one) - numberOf(other)).at(-1);
}

/** A page that says 404, as of a console that is being started, does not say that there is no such list. */
function listOrNone({ status, body, problem }: Reply, what: string): readonly unknown[] {
  if (status === 200) return listIn(body, `list of ${what}`);
  if (problem?.message === "")
    throw new NotNow(`the console does not list its ${what} (${status}): is it being started?`);
  return [];
}

function numberOf(version: string): number {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major * 1_000 + minor;
}

function isBulkUpdate(endpoint: Readonly<Record<string, unknown>>, wanted: string | undefined): boolean {
  const { path, http_method, version, caller_has_access } = endpoint;
  return (
    typeof path === "string" &&
    path.replace(/^\//, "") === "reference_data_collections/set_entries" &&
    http_method === "PATCH" &&
    caller_has_access !== false &&
    (wanted === undefined || version === wanted)
  );
}
