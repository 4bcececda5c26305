import type { MispFeed } from "../misp/feed.ts";
import type { EditedTags } from "./catch-up/edited-tags.ts";
import type { Curator } from "./curator/curator.ts";
import type { Intake } from "./intake/intake.ts";
import type { Vigil } from "./intake/vigil.ts";
import type { Acquaintance } from "./knowledge/acquaintance.ts";
import type { KnowledgeKeeper } from "./knowledge/keeper.ts";
import type { Observer } from "./line.ts";

/** Who hears what the feed says, and what ends it. */
export interface Listeners {
  intake: Intake;
  curator: Curator;
  vigil: Vigil;
  keeper: KnowledgeKeeper;
  acquaintance: Acquaintance;
  editedTags: EditedTags;
  signal: AbortSignal;
  observer: Observer | undefined;
}

/** Hears the feed to its end: each batch is read, told to whom it concerns, and saved in its turn. Resolves when all of it is saved. */
export async function listen(feed: MispFeed, listeners: Listeners): Promise<void> {
  const { intake, curator, vigil, keeper, acquaintance, editedTags, signal, observer } = listeners;
  signal.addEventListener("abort", () => feed.close(), { once: true });
  if (signal.aborted) feed.close();
  for await (const { frames, overrun, saved } of feed.batches()) {
    observer?.frames?.(frames);
    // MISP is asked about events while what they hold is read and saved.
    const notices = await intake.read(frames, (urgent) => curator.heard(urgent));
    vigil.heard(notices, overrun);
    curator.goesOn(notices);
    const follow = () => {
      if (!signal.aborted) saved?.();
      keeper.heard(notices);
      acquaintance.heard(notices);
      editedTags.heard(notices);
    };
    void intake.heard(notices).then(follow, () => feed.close());
    await intake.room();
  }
  await intake.saved;
}
