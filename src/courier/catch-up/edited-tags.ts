import { setTimeout as pause } from "node:timers/promises";
import { MispError } from "../../misp/errors.ts";
import type { Notice } from "../../model/notice.ts";
import type { CatchUpOptions } from "./options.ts";
import { readTagged } from "./read-tagged.ts";

type EditedTagsOptions = Pick<CatchUpOptions, "client" | "ledger" | "log" | "signal" | "clock" | "answer">;

/** MISP tells of an edit before it has saved it, and of a whole taxonomy tag by tag, milliseconds. */
const SETTLED = 3_000;
/** So many are looked for one by one; more, as of a taxonomy, are hardly renamed. */
const FEW = 10;
/** How long to wait before a MISP that cannot answer is asked again, milliseconds. */
const AGAIN = 60_000;

/**
 * A tag that was edited may have another name now, on all that bears it; the feed tells of the tag alone, and the times of the events stay.
 * Those that have one of the new name, and are not known to, are read again.
 */
export class EditedTags {
  readonly #options: EditedTagsOptions;
  readonly #names = new Set<string>();
  #asking = false;

  constructor(options: EditedTagsOptions) {
    this.#options = options;
  }

  heard(notices: readonly Notice[]): void {
    for (const notice of notices) if (notice.kind === "tag-edited") this.#names.add(notice.name);
    if (this.#names.size > 0 && !this.#asking) void this.#ask();
  }

  async #ask(): Promise<void> {
    const { signal } = this.#options;
    this.#asking = true;
    for (let wait = SETTLED; this.#names.size > 0 && !signal.aborted; ) {
      await pause(wait, undefined, { signal }).catch(() => undefined);
      wait = (await this.#read()) ? SETTLED : AGAIN;
    }
    this.#asking = false;
  }

  /** @returns false when MISP is to be asked once more */
  async #read(): Promise<boolean> {
    const { log, signal } = this.#options;
    if (signal.aborted) return true;
    const names = [...this.#names];
    this.#names.clear();
    try {
      const portions = names.length > FEW ? [names] : names.map((name) => [name]);
      for (const portion of portions) await readTagged(this.#options, portion, true);
      return true;
    } catch (error) {
      if (signal.aborted) return true;
      log.warn("Which events have a tag that was edited could not be asked", { error });
      if (!(error instanceof MispError) || !["unreachable", "busy", "garbled"].includes(error.meaning)) return true;
      for (const name of names) this.#names.add(name);
      return false;
    }
  }
}
