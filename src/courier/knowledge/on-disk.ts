import type { Config } from "../../config/schema.ts";
import { compilingKnowledge, type Knowledge } from "../../curation/knowledge.ts";
import { finish } from "../../curation/warninglists/compilation.ts";
import type { LedgerReport } from "../../ledger/report/report.ts";
import { ownOrganisation } from "./learner.ts";
import { listsOnDisk } from "./protections.ts";

/** What the lists of the folder and the copies of MISP's say: for commands beside a running courier. */
export async function knowledgeOnDisk(config: Config, ledger: Pick<LedgerReport, "fact">): Promise<Knowledge> {
  const { warninglists, curation } = config;
  const settings = { roles: warninglists.roles, trust: curation.trust, prefix: curation.prefix };
  return finish(compilingKnowledge(await listsOnDisk(config), settings, ownOrganisation(ledger)?.id ?? null));
}
