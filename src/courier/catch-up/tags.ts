import { MispError } from "../../misp/errors.ts";
import { askFactsOfMany, listTags } from "../../misp/event-tags.ts";
import type { CatchUpOptions } from "./options.ts";

/** When MISP was last asked for the tags of all events, milliseconds. */
const TAGS_LISTED = "tags-listed";

const DAY = 86_400_000;
/** Of so many events that changed last MISP is asked for the tags after a blind spell: its list is long in every line. */
const NEWEST = 1_000;
/** Of so many events it is asked at once. */
const AT_ONCE = 50;

/**
 * Local tags leave an event's times as they are, so that MISP's short list does not tell of them. Where the long one shows other tags
 * than are known, the event is asked for: that list may leave some out. All events are looked at once a day, and those that
 * changed last after a blind spell. A MISP that does not give that list keeps nobody from all else.
 */
export async function catchUpTags(options: CatchUpOptions, isFirst: boolean): Promise<void> {
  const { answer, clock, ledger, log } = options;
  const began = clock();
  const listed = { [TAGS_LISTED]: String(began) };
  // What has just been loaded came with its tags.
  if (isFirst) return await answer([], began, listed);
  const all = isDue(options, began);
  if (!all && !ledger.blindSpells.unrepaired) return;
  try {
    await askForTags(options, all ? undefined : NEWEST);
  } catch (error) {
    if (!(error instanceof MispError) || options.signal.aborted) throw error;
    log.info("MISP does not tell the tags of its events; local ones that came or went unheard stay as they were", {
      reason: error.message,
    });
  }
  if (all) await answer([], began, listed);
}

function isDue({ ledger }: CatchUpOptions, now: number): boolean {
  const last = Number(ledger.fact(TAGS_LISTED) ?? 0);
  // A clock that was ahead for a while may have left a time to come.
  return last > now || now >= last + DAY;
}

async function askForTags({ client, ledger, signal, clock, answer }: CatchUpOptions, most?: number): Promise<void> {
  const listed = await listTags(client, signal, most);
  const others = listed.filter((event) => ledger.eventListings.isTaggedOtherwise(event)).map(({ uuid }) => uuid);
  for (let start = 0; start < others.length; start += AT_ONCE) {
    const asked = clock();
    await answer(await askFactsOfMany(client, others.slice(start, start + AT_ONCE), signal), asked);
  }
}
