import { resolvePath } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { compileTrust } from "../curation/warninglists/trust.ts";
import type { MispClient } from "../misp/client.ts";
import { MispError } from "../misp/errors.ts";
import { type Probe, probe } from "../misp/probe.ts";
import { enabledLists } from "../misp/warninglist-source.ts";
import { readListFiles } from "./list-files.ts";

/** What MISP and the configuration are together: who the key belongs to, and what is missing, each with its cure. */
export interface OnlineCheck {
  probe: Probe;
  findings: string[];
}

/** The switches of MISP's feed that the courier needs, beside `ZeroMQ_enable`. */
const TOPIC_SWITCHES = ["event", "attribute", "tag", "sighting", "organisation", "warninglist"];

/** Asks MISP whether it can do what the configuration asks of it. @throws MispError when it cannot be asked */
export async function checkOnline(config: Config, client: MispClient, signal: AbortSignal): Promise<OnlineCheck> {
  const answered = await probe(client, signal);
  const findings = [
    ...answered.findings,
    ...rightsMissing(config, answered),
    ...(await listsMissing(config, client, signal)),
    ...(await tagsMissing(config, client, answered, signal)),
    ...(await switchesOff(client, answered, signal)),
  ];
  return { probe: answered, findings };
}

/** Curation writes nothing as long as no organisation is trusted. */
function curates({ curation }: Config): boolean {
  return curation.enabled && !curation.dry_run && curation.trust.length > 0;
}

function rightsMissing(config: Config, { permissions, role }: Probe): string[] {
  if (!curates(config)) return [];
  const may = (right: string) => permissions.has("perm_site_admin") || permissions.has(right);
  const cure = (right: string, what: string) =>
    may(right) ? [] : [`The role ${role} may not ${what}: give it ${right} (Administration → List Roles → edit)`];
  return [
    ...cure("perm_tagger", "attach tags"),
    ...(config.curation.trust.some(({ publish }) => publish) ? cure("perm_publish", "publish events") : []),
  ];
}

async function listsMissing(config: Config, client: MispClient, signal: AbortSignal): Promise<string[]> {
  const files = await readListFiles(resolvePath(config, config.warninglists.directory));
  const enabled = config.warninglists.from_misp ? await enabledLists(client, signal) : [];
  const inMisp = new Set(enabled.map(({ name }) => name.toLowerCase()));
  const { missing } = compileTrust(files.lists, config.curation.trust, config.curation.prefix);
  const nowhere = missing.filter((name) => !inMisp.has(name.toLowerCase()));
  return [
    ...files.problems,
    ...nowhere.map(
      (name) =>
        `No warninglist is called ${name}: add it in MISP (Warninglists → Add, type string, one ${config.curation.prefix}UUID a line) and enable it, or put it into the warninglists folder`,
    ),
  ];
}

async function tagsMissing(
  config: Config,
  client: MispClient,
  { permissions }: Probe,
  signal: AbortSignal,
): Promise<string[]> {
  if (!curates(config) || permissions.has("perm_tag_editor")) return [];
  const tags = [...new Set(config.curation.trust.flatMap(({ tag }) => tag ?? []))];
  const there = await Promise.all(tags.map((tag) => client.hasTag(tag, signal)));
  return tags
    .filter((_, index) => !there[index])
    .map(
      (tag) =>
        `MISP has no tag ${tag}, and the key's role may not create it: add it there (Event Actions → Add Tag), or enable its taxonomy`,
    );
}

/** Only a site admin may see MISP's settings; for any other key this tells nothing. */
async function switchesOff(
  client: MispClient,
  { permissions, organisationId }: Probe,
  signal: AbortSignal,
): Promise<string[]> {
  if (!permissions.has("perm_site_admin")) return [];
  try {
    const names = ["ZeroMQ_enable", ...TOPIC_SWITCHES.map((topic) => `ZeroMQ_${topic}_notifications_enable`)];
    const values = await Promise.all(names.map((name) => client.setting(`Plugin.${name}`, signal)));
    const off = names.filter((_, index) => values[index] !== true);
    const host = Number(await client.setting("MISP.host_org_id", signal));
    return [
      ...off.map((name) => `Plugin.${name} is off: switch it on (Administration → Server Settings → Plugin → ZeroMQ)`),
      ...(host > 0 && host !== organisationId
        ? ["The key's user is not in MISP's host organisation (MISP.host_org_id): MISP refuses its local tags"]
        : []),
    ];
  } catch (error) {
    if (error instanceof MispError) return [];
    throw error;
  }
}
