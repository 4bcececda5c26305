import type { CourierConfig } from "../../config/schema.ts";
import { MispError } from "../../misp/errors.ts";
import type { CatchUpOptions } from "./options.ts";
import { readTagged } from "./read-tagged.ts";

/**
 * A local tag of an attribute shows in none of MISP's lists. So after a time in which the feed was not heard, MISP is asked which events
 * have a tag, themselves or at an attribute, that keeps something off the lists; those of which no such tag is known are read
 * again. Returns how many.
 */
export async function catchUpAttributeTags(options: CatchUpOptions): Promise<number> {
  const { config, ledger, log, signal } = options;
  const patterns = excludingTags(config);
  if (patterns.length === 0 || !ledger.blindSpells.unrepaired) return 0;
  try {
    return await readTagged(options, patterns);
  } catch (error) {
    if (!(error instanceof MispError) || signal.aborted) throw error;
    log.warn("Which events have tags that keep something off the lists could not be asked", { error });
    return 0;
  }
}

/** The patterns of tags that keep off the lists what has them. */
function excludingTags({ indicators, filter, targets }: CourierConfig): string[] {
  const rules = [...filter, ...Object.values(targets).flatMap((target) => target.filter)];
  return [...new Set([...indicators.exceptions.tags, ...rules.flatMap(({ not }) => not?.tags ?? [])])];
}
