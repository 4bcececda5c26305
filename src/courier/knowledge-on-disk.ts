import type { Config } from "../config/schema.ts";
import { compilingKnowledge, type Knowledge } from "../curation/knowledge.ts";
import { finish } from "../curation/warninglists/compilation.ts";
import { listsOnDisk } from "./protections.ts";

/** What the lists of the folder and the copies of MISP's say of a value: for commands beside a running courier. */
export async function warningsOnDisk(config: Config): Promise<Knowledge["warn"]> {
  const { warninglists, curation } = config;
  const settings = { roles: warninglists.roles, trust: curation.trust, prefix: curation.prefix };
  return finish(compilingKnowledge(await listsOnDisk(config), settings, null)).warn;
}
