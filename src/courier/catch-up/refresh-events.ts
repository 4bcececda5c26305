import { BEING_READ } from "../../ledger/events.ts";
import { askWhole } from "../../misp/answers.ts";
import { MispError } from "../../misp/errors.ts";
import type { ListedEvent } from "../../misp/event-list.ts";
import { searchWhole } from "../../misp/whole-events.ts";
import type { Notice } from "../../model/notice.ts";
import { askEach } from "./ask-each.ts";
import { miscounted } from "./miscounted.ts";
import type { CatchUpOptions } from "./options.ts";

/** So many events are asked for at once; of no more than a few each by its name. */
const TOGETHER = 50;
const FEW = 4;

export function listed({ id, uuid, state }: ListedEvent): Notice {
  return { kind: "listed", id, uuid, state };
}

/** Reads again each event that is other than it was, and remembers how the list had it. Returns why some could not be read. */
export async function refreshEvents(events: readonly ListedEvent[], options: CatchUpOptions): Promise<MispError[]> {
  const { client, signal, clock, answer, progress } = options;
  let done = 0;
  const told = (count: number) => {
    done += count;
    progress?.({ phase: "events", done, total: events.length });
  };
  const alone = events.length <= FEW ? events : await refreshTogether(events, options, told);
  return await askEach(alone, async (event) => {
    const asked = clock();
    const notices = await askWhole(client, event.uuid, signal);
    await answer(reading(event, [...notices, ...(await miscounted(options, notices))]), asked);
    told(1);
  });
}

/** It is taken in in slices: an end of the courier between two of them must not leave the event as if all of it were known. */
function reading(event: ListedEvent, notices: readonly Notice[]): Notice[] {
  const { id, uuid, state } = event;
  return [listed({ ...event, state: BEING_READ }), ...notices, { kind: "read", id, uuid, state }];
}

/** Many in one request, as far as MISP's search gives them whole; returns those that are to be asked for by name. */
async function refreshTogether(
  events: readonly ListedEvent[],
  { client, signal, clock, answer }: CatchUpOptions,
  told: (count: number) => void,
): Promise<ListedEvent[]> {
  const alone: ListedEvent[] = [];
  let searches = true;
  await askEach(portionsOf(events), async (portion) => {
    const asked = clock();
    const uuids = portion.map(({ uuid }) => uuid);
    const whole = searches ? await searchWhole(client, uuids, signal).catch(unlessAborted(signal)) : undefined;
    searches &&= whole !== undefined;
    const found = portion.filter(({ uuid }) => whole?.has(uuid));
    const notices = found.flatMap((event) => reading(event, whole?.get(event.uuid) ?? []));
    await answer(notices, asked);
    told(found.length);
    alone.push(...portion.filter(({ uuid }) => !whole?.has(uuid)));
  });
  return alone;
}

function* portionsOf(events: readonly ListedEvent[]) {
  for (let start = 0; start < events.length; start += TOGETHER) yield events.slice(start, start + TOGETHER);
}

/** A search that fails, or for which MISP allows no more requests, keeps nobody from asking by name. */
function unlessAborted(signal: AbortSignal) {
  return (error: unknown): undefined => {
    if (signal.aborted || !(error instanceof MispError)) throw error;
  };
}
