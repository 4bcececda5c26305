import { resolvePath } from "../config/load.ts";
import type { CourierConfig } from "../config/schema.ts";
import { WORKFLOW_TAGS } from "../curation/curate-event.ts";
import { matchTags } from "../curation/filter.ts";
import { compileTrust } from "../curation/warninglists/trust.ts";
import type { MispClient } from "../misp/client.ts";
import { MispError } from "../misp/errors.ts";
import { type Probe, probe } from "../misp/probe.ts";
import { enabledLists } from "../misp/warninglist-source.ts";
import { NO_PUBLISHING, NO_TAGGER, NOT_OTHERS } from "./curator/missing-rights.ts";
import { readListFiles } from "./knowledge/list-files.ts";
import { protectListsOf } from "./knowledge/protect-files.ts";

/** What MISP and the configuration are together: who the key belongs to, and what is missing, each with its cure. */
export interface OnlineCheck {
  probe: Probe;
  findings: string[];
  /** What MISP does not tell this key, and where to look instead; and what may be meant so, or be a slip. */
  unknowns: string[];
}

/** Asks MISP whether it can do what the configuration asks of it. @throws MispError when it cannot be asked */
export async function checkOnline(
  config: CourierConfig,
  client: MispClient,
  signal: AbortSignal,
): Promise<OnlineCheck> {
  const answered = await probe(client, signal);
  const findings = await findingsOf(config, client, answered, signal);
  const unknown = answered.permissions.has("perm_site_admin") ? [] : unknownTo(config, answered);
  return { probe: answered, findings, unknowns: [...unknown, ...(await rolesOfNothing(config, client, signal))] };
}

/** What is missing for what the configuration asks, each with its cure. @throws MispError when MISP cannot be asked */
export async function findingsOf(
  config: CourierConfig,
  client: MispClient,
  answered: Probe,
  signal: AbortSignal,
): Promise<string[]> {
  return [
    ...answered.findings,
    ...rightsMissing(config, answered),
    ...(await listsMissing(config, client, signal)),
    ...(await tagsMissing(config, client, answered, signal)),
    ...(await organisationsHidden(client, signal)),
    ...(await switchedOff(config, client, answered, signal)),
  ];
}

/** Curation writes nothing as long as no organisation is trusted. */
function curates({ curation }: CourierConfig): boolean {
  return curation.enabled && !curation.dry_run && curation.trust.length > 0;
}

function rightsMissing(config: CourierConfig, { permissions }: Probe): string[] {
  if (!curates(config) || permissions.has("perm_site_admin")) return [];
  const publishes = config.curation.trust.some(({ publish }) => publish);
  const mayPublish = permissions.has("perm_publish");
  return [
    ...(permissions.has("perm_tagger") ? [] : [NO_TAGGER]),
    ...(publishes && !mayPublish ? [NO_PUBLISHING] : []),
    ...(publishes && mayPublish ? [NOT_OTHERS] : []),
  ];
}

/** The lists in the folder, and the names of all that there are, in lower case. */
async function listsThere(config: CourierConfig, client: MispClient, signal: AbortSignal) {
  const files = await readListFiles(resolvePath(config, config.warninglists.directory));
  const lists = [...files.lists.values()];
  const enabled = config.warninglists.from_misp ? await enabledLists(client, signal) : [];
  const inMisp = new Set(enabled.map(({ name }) => name.toLowerCase()));
  return { files, lists, inMisp, known: new Set([...inMisp, ...lists.map(({ name }) => name.toLowerCase())]) };
}

/** Roles may be set before a list is enabled; but a list by another name than its own goes on blocking. */
async function rolesOfNothing(config: CourierConfig, client: MispClient, signal: AbortSignal): Promise<string[]> {
  const names = Object.keys(config.warninglists.roles);
  if (names.length === 0) return [];
  const { known } = await listsThere(config, client, signal);
  return names
    .filter((name) => ![...known].some(matchTags([name])))
    .map((name) => `warninglists.roles names ${name}, as which no warninglist is known now: it changes nothing`);
}

async function listsMissing(config: CourierConfig, client: MispClient, signal: AbortSignal): Promise<string[]> {
  const { files, lists, inMisp, known } = await listsThere(config, client, signal);
  const { missing } = compileTrust(lists, config.curation.trust, config.curation.prefix);
  return [
    ...files.problems,
    ...missing.filter((name) => !inMisp.has(name.toLowerCase())).map((name) => trustMissing(config, name)),
    ...protectListsOf(config)
      .filter((name) => !known.has(name.toLowerCase()))
      .map((name) => protectMissing(config, name)),
  ];
}

function trustMissing({ curation, warninglists }: CourierConfig, name: string): string {
  return (
    `No warninglist is called ${name}: add it in MISP (Input Filters → Warninglists → Add Warninglist, type string, one ` +
    `${curation.prefix}UUID a line) and enable it, or write it to ${warninglists.directory}/${name}/list.json`
  );
}

function protectMissing({ warninglists }: CourierConfig, name: string): string {
  return (
    `No warninglist is called ${name}, so a guard that names it protects nothing by it: enable it in MISP ` +
    `(Input Filters → Warninglists), or put it into ${warninglists.directory}`
  );
}

/** Of the tags that curation attaches, those that MISP does not have and the key may not create. */
async function tagsMissing(
  config: CourierConfig,
  client: MispClient,
  { permissions }: Probe,
  signal: AbortSignal,
): Promise<string[]> {
  if (!curates(config) || permissions.has("perm_tag_editor") || permissions.has("perm_site_admin")) return [];
  const [, complete] = WORKFLOW_TAGS;
  const tags = [...new Set([...config.curation.trust.flatMap(({ tag }) => tag ?? []), complete])];
  const there = await Promise.all(tags.map((tag) => client.hasTag(tag, signal)));
  return tags
    .filter((_, index) => !there[index])
    .map(
      (tag) =>
        `MISP has no tag ${tag}, and the key's role may not create it: enable it in its taxonomy ` +
        "(Event Actions → List Taxonomies), add it (Event Actions → Add Tag), or give the role perm_tag_editor",
    );
}

const ORGANISATIONS_HIDDEN =
  "MISP hides the list of organisations from the key's role (Security.hide_organisation_index_from_users): who gave a sighting " +
  "stays unknown, and counts as an organisation that nobody trusts; give the role perm_sharing_group (Administration → List Roles → edit)";

async function organisationsHidden(client: MispClient, signal: AbortSignal): Promise<string[]> {
  try {
    await client.organisations(signal);
    return [];
  } catch (error) {
    if (error instanceof MispError && error.meaning === "forbidden") return [ORGANISATIONS_HIDDEN];
    throw error;
  }
}

const PAGE = "Administration → Server Settings & Maintenance";
/** What MISP has to tell: each has a switch of its own, beside that of the feed. */
const ON_ZEROMQ = ["event", "attribute", "object", "tag", "sighting", "organisation", "warninglist"];
const ON_KAFKA = ["event", "event_publish", "attribute", "tag", "sighting", "organisation"];

/** Only a site admin may see MISP's settings. */
async function switchedOff(
  config: CourierConfig,
  client: MispClient,
  { permissions, organisationId }: Probe,
  signal: AbortSignal,
): Promise<string[]> {
  if (!permissions.has("perm_site_admin")) return [];
  try {
    const { feed, names } = switchesOf(config);
    const values = await Promise.all(names.map((name) => client.setting(`Plugin.${name}`, signal)));
    const off = names.filter((_, index) => ![true, 1, "1"].some((on) => values[index] === on));
    const host = curates(config) ? Number(await client.setting("MISP.host_org_id", signal)) : organisationId;
    return [
      ...off.map((name) => `Plugin.${name} is off: switch it on (${PAGE} → Plugin → ${feed})`),
      ...(host === organisationId ? [] : [hostMissing(host)]),
    ];
  } catch (error) {
    // A version of MISP that lacks one of the settings is no reason to fail.
    if (error instanceof MispError && ["unknown", "forbidden", "invalid"].includes(error.meaning)) return [];
    throw error;
  }
}

/** By what MISP's settings call them, without `Plugin.` in front. */
function switchesOf({ misp }: CourierConfig): { feed: string; names: string[] } {
  const [feed, topics] = misp.kafka ? ["Kafka", ON_KAFKA] : ["ZeroMQ", ON_ZEROMQ];
  return { feed, names: [`${feed}_enable`, ...topics.map((topic) => `${feed}_${topic}_notifications_enable`)] };
}

function hostMissing(host: number): string {
  return host > 0
    ? "The key's user is not in MISP's host organisation, so MISP refuses its local tags: move the user there " +
        "(Administration → List Users → edit)"
    : `MISP.host_org_id is not set, so MISP refuses local tags: set it to your own organisation (${PAGE} → MISP)`;
}

const LOCAL_TAGS_HIDDEN =
  "MISP hides local tags from a role with perm_sync, as Sync user is: filters, exceptions and curation do not know of them; " +
  "give the key's user a role without it (Administration → List Users → edit)";

function unknownTo(config: CourierConfig, { permissions }: Probe): string[] {
  const { feed, names } = switchesOf(config);
  return [
    `MISP tells only site admins whether the feed is switched on: look at ${PAGE} → Plugin → ${feed}, where ` +
      `${names.map((name) => `Plugin.${name}`).join(", ")} must be on`,
    ...(curates(config)
      ? [
          "MISP tells only site admins whether the key's user is in its host organisation: compare MISP.host_org_id " +
            `(${PAGE} → MISP) with the number of its organisation, or MISP refuses local tags`,
        ]
      : []),
    ...(permissions.has("perm_sync") ? [LOCAL_TAGS_HIDDEN] : []),
  ];
}
