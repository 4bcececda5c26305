import { matchTags } from "../../curation/filter.ts";
import { askWhole } from "../../misp/answers.ts";
import { uuidOrNull } from "../../misp/coerce.ts";
import type { CatchUpOptions } from "./options.ts";

/** So many events with such tags are looked at together, those that changed last first. */
const TOGETHER = 1_000;

/**
 * Asks MISP which events have a tag by one of these patterns, themselves or at an attribute, and reads those again of which no such tag is
 * known. Returns how many.
 * @param all not only among those that changed last, but as long as there are any
 */
export async function readTagged(
  { client, ledger, signal, clock, answer }: Pick<CatchUpOptions, "client" | "ledger" | "signal" | "clock" | "answer">,
  patterns: readonly string[],
  all = false,
): Promise<number> {
  const matches = matchTags(patterns);
  const tags = { OR: patterns.map((pattern) => pattern.replaceAll("*", "%")) };
  const unheard: string[] = [];
  for (let page = 1, last = false; !last; page += 1) {
    const query = { metadata: 1, tags, order: "timestamp desc", limit: TOGETHER, page };
    const rows = await client.searchEvents(query, signal);
    const uuids = rows.flatMap((row) => uuidOrNull(row) ?? []);
    const others = uuids.filter((uuid) => !ledger.eventListings.isTagged(uuid, matches));
    unheard.push(...others);
    last = !all || others.length === 0 || rows.length < TOGETHER;
  }
  // From the end: should MISP fail in the middle, those that are left are the first that are looked at again.
  for (const uuid of unheard.reverse()) {
    const asked = clock();
    await answer(await askWhole(client, uuid, signal), asked);
  }
  return unheard.length;
}
