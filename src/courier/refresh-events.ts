import { askWhole } from "../misp/answers.ts";
import type { MispError } from "../misp/errors.ts";
import type { ListedEvent } from "../misp/event-list.ts";
import type { Notice } from "../model/notice.ts";
import type { CatchUpOptions } from "./catch-up-options.ts";
import { each } from "./each.ts";
import { miscounted } from "./miscounted.ts";

export function listed({ id, uuid, state }: ListedEvent): Notice {
  return { kind: "listed", id, uuid, state };
}

/**
 * Reads again each event that is other than it was, and remembers how the list had it with what was read; before it, as
 * what was read may say that it came too early. Returns why some could not be read.
 */
export async function refreshEvents(events: readonly ListedEvent[], options: CatchUpOptions): Promise<MispError[]> {
  const { client, signal, clock, answer, progress } = options;
  let done = 0;
  const told = (count: number) => {
    done += count;
    progress?.({ phase: "events", done, total: events.length });
  };
  return await each(events, async (event) => {
    const asked = clock();
    const notices = await askWhole(client, event.uuid, signal);
    await answer([listed(event), ...notices, ...(await miscounted(options, notices))], asked);
    told(1);
  });
}
