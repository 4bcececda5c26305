import type { Journal } from "../delivery/journal.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Logger } from "../log.ts";
import { StateDamaged } from "../state/damaged.ts";

/**
 * Makes sure that the ledger is not older than the journal, as one is that came out of a backup: it would not know what the
 * targets were given since, and what was withdrawn of it would stay there for ever. An empty ledger is a new beginning.
 * @throws StateDamaged when it is older
 */
export function requireSameTime(
  { deltas }: Pick<Ledger, "deltas">,
  journal: Journal,
  files: { ledger: string; journal: string },
  log: Logger,
): void {
  const newest = deltas.newest();
  const ahead = Object.entries(journal.targets).filter(([, { position }]) => position > newest);
  for (const [name, entry] of ahead) {
    if (newest > 0) throw new StateDamaged(tooOld(name, files));
    log.warn("The ledger is new: what the target already holds is not known, and has to be emptied there", {
      target: name,
    });
    entry.position = 0;
  }
}

function tooOld(target: string, { ledger, journal }: { ledger: string; journal: string }): string {
  return `${ledger} is older than ${journal}: it does not know what target ${target} was given since. Put back the ledger that belongs to the journal; or empty the targets, and move both files away to begin anew.`;
}
