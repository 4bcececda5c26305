import type { CourierConfig } from "../config/schema.ts";
import { matchTags } from "../curation/filter.ts";
import { askWhole } from "../misp/answers.ts";
import type { MispClient } from "../misp/client.ts";
import { uuidOrNull } from "../misp/coerce.ts";
import { MispError } from "../misp/errors.ts";
import type { CatchUpOptions } from "./catch-up-options.ts";

/** Of the events with such tags so many are looked at, those that changed last. */
const NEWEST = 1_000;

/**
 * A local tag of an attribute shows in none of MISP's lists. So after a time in which the feed was not heard, MISP is asked which events
 * have a tag, themselves or at an attribute, that keeps something off the lists; those of which no such tag is known are read
 * again. Returns how many.
 */
export async function catchUpAttributeTags(options: CatchUpOptions): Promise<number> {
  const { client, config, ledger, log, signal, clock, answer } = options;
  const patterns = excludingTags(config);
  if (patterns.length === 0 || !ledger.blindSpells.unrepaired) return 0;
  try {
    const excludes = matchTags(patterns);
    const unheard = (await taggedEvents(client, patterns, signal)).filter(
      (uuid) => !ledger.eventListings.isTagged(uuid, excludes),
    );
    for (const uuid of unheard) {
      const asked = clock();
      await answer(await askWhole(client, uuid, signal), asked);
    }
    return unheard.length;
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

async function taggedEvents(client: MispClient, patterns: readonly string[], signal: AbortSignal): Promise<string[]> {
  const tags = { OR: patterns.map((pattern) => pattern.replaceAll("*", "%")) };
  const rows = await client.searchEvents(
    { metadata: 1, tags, order: "timestamp desc", limit: NEWEST, page: 1 },
    signal,
  );
  return rows.flatMap((row) => uuidOrNull(row) ?? []);
}
