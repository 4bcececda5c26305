import { MispError } from "../misp/errors.ts";
import { askFactsOfMany, listTags } from "../misp/event-tags.ts";
import type { CatchUpOptions } from "./catch-up-options.ts";

/** When MISP was last asked for the tags of all events, milliseconds; 0: it did not give them. */
const TAGS_LISTED = "tags-listed";

const DAY = 86_400_000;
/** Up to so many events MISP is asked for their tags each time; else only after a blind spell, and once a day. */
const FEW = 5_000;
/** Of so many events it is asked at once. */
const AT_ONCE = 50;

/**
 * Local tags leave an event's times as they are, so that MISP's short list does not tell of them. Where the long one shows other tags
 * than are known, the event is asked for: that list may leave some out. A MISP that does not give it keeps nobody from all else.
 */
export async function catchUpTags(options: CatchUpOptions, events: number): Promise<void> {
  const { answer, clock, log } = options;
  const began = clock();
  if (events > FEW && !isDue(options, began)) return;
  try {
    await askForTags(options);
    await answer([], began, { [TAGS_LISTED]: String(began) });
  } catch (error) {
    if (!(error instanceof MispError)) throw error;
    log.info("MISP does not tell the tags of its events; local ones that came or went unheard stay as they were", {
      reason: error.message,
    });
    await answer([], began, { [TAGS_LISTED]: "0" });
  }
}

function isDue({ ledger }: CatchUpOptions, now: number): boolean {
  const last = Number(ledger.fact(TAGS_LISTED) ?? 0);
  // A clock that was ahead for a while may have left a time to come.
  const isRecent = last <= now && now < last + DAY;
  return !isRecent || ledger.blindSpells.unrepaired;
}

async function askForTags({ client, ledger, signal, clock, answer }: CatchUpOptions): Promise<void> {
  const listed = await listTags(client, signal);
  const others = listed.filter((event) => ledger.eventListings.isTaggedOtherwise(event)).map(({ uuid }) => uuid);
  for (let start = 0; start < others.length; start += AT_ONCE) {
    const asked = clock();
    await answer(await askFactsOfMany(client, others.slice(start, start + AT_ONCE), signal), asked);
  }
}
