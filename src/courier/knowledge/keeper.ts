import { setTimeout as pause } from "node:timers/promises";
import { resolvePath } from "../../config/load.ts";
import type { Knowledge } from "../../curation/knowledge.ts";
import type { Warninglist } from "../../curation/warninglists/warninglist.ts";
import type { Notice } from "../../model/notice.ts";
import { Learner, type LearnerOptions, type OwnOrganisation } from "./learner.ts";
import { ListFileCopies } from "./list-file-copies.ts";
import { listFilesState, readListFiles } from "./list-files.ts";
import type { MispLists } from "./misp-lists.ts";

export interface KnowledgeKeeperOptions extends LearnerOptions {
  /** Of a forwarder there are none. */
  mispLists?: MispLists | undefined;
  signal: AbortSignal;
  /** MISP was asked for all that it has to tell, for the first time. */
  complete: () => void;
  /** MISP was asked for its lists, and perhaps did not give them. */
  asked?: (() => void) | undefined;
}

/**
 * How often the folder of lists is looked at, and MISP is asked (`unsettled`: while it writes a list, `again`: after a failure),
 * milliseconds.
 */
const LOOK = { files: 2_000, misp: 3_600_000, unsettled: 5_000, again: 60_000 };
/** MISP announces a list before it has stored its entries. */
const ENTRIES_COME = 2_000;

/** Keeps warninglists and trust as the folder and MISP have them, and lets the ledger judge again what a change can touch. */
export class KnowledgeKeeper implements AsyncDisposable {
  readonly #options: KnowledgeKeeperOptions;
  readonly #learner: Learner;
  readonly #directory: string;
  readonly #copies: ListFileCopies;
  #fromFiles: ReadonlyMap<string, Warninglist> = new Map();
  #filesState = "";
  #timer: NodeJS.Timeout | undefined;
  #askAgain: NodeJS.Timeout | undefined;
  #working: Promise<void> = Promise.resolve();
  #isComplete = false;
  /** MISP spoke of a list after it was last decided to ask: what is under way may be older than what was said. */
  #isAnnounced = false;

  constructor(options: KnowledgeKeeperOptions) {
    this.#options = options;
    this.#learner = new Learner(options);
    this.#directory = resolvePath(options.config, options.config.warninglists.directory);
    this.#copies = new ListFileCopies(resolvePath(options.config, options.config.state));
  }

  /** Warninglists and trust as they are now. */
  get knowledge(): Knowledge {
    return this.#learner.knowledge;
  }

  /** Whether an event's creator is the organisation that the key belongs to. */
  isOwn(uuid: string): boolean {
    return this.#learner.own?.uuid === uuid;
  }

  /** Learns what is on disk, before anything is judged; then follows the folder and MISP. */
  async start(): Promise<void> {
    const { config, mispLists } = this.#options;
    if (config.warninglists.from_misp) await mispLists?.open();
    await this.#readFiles();
    await this.#learner.begin(this.#lists());
    this.#timer = setInterval(() => this.#turn(() => this.#lookAtFiles()), LOOK.files);
  }

  /** MISP answers, and says who the key belongs to. */
  introduced(own: OwnOrganisation): void {
    this.#learner.belongTo(own);
    this.#turn(() => this.#askMisp().finally(this.#options.asked));
  }

  /** It is known now who these organisations are, by their numbers. */
  acquainted(organisations: readonly number[]): void {
    this.#turn(async () => this.#learner.acquaint(organisations));
  }

  /** Looks for announcements of changed lists. */
  heard(notices: readonly Notice[]): void {
    const changed = notices.filter((notice) => notice.kind === "warninglist");
    for (const { id, enabled } of changed) this.#options.mispLists?.changed(id, enabled);
    if (changed.length === 0) return;
    this.#isAnnounced = true;
    if (this.#isComplete) this.#askIn(ENTRIES_COME);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#working;
    clearTimeout(this.#askAgain);
  }

  /** One thing after the other: the folder and MISP may change at the same time. */
  #turn(work: () => Promise<void>): void {
    const { log, signal } = this.#options;
    if (signal.aborted) return;
    this.#working = this.#working.then(work).catch((error) => {
      if (!signal.aborted)
        log.warn("Warninglists could not be brought up to date; those that are known stay", { error });
    });
  }

  async #lookAtFiles(): Promise<void> {
    const state = await listFilesState(this.#directory);
    if (state === this.#filesState) return;
    // Whoever writes lists may still be at it: then the next look sees what became of them.
    await pause(100, undefined, { signal: this.#options.signal });
    if ((await listFilesState(this.#directory)) !== state) return;
    await this.#readFiles();
    await this.#learner.learn(this.#lists());
  }

  async #readFiles(): Promise<void> {
    const { lists, problems, state } = await readListFiles(this.#directory, this.#fromFiles, this.#copies);
    for (const problem of problems) this.#options.log.warn("A warninglist cannot be used", { problem });
    await this.#copies.keepOnly(lists.keys());
    this.#fromFiles = lists;
    this.#filesState = state;
  }

  async #askMisp(): Promise<void> {
    const { config, mispLists, signal, log, complete } = this.#options;
    this.#askIn(LOOK.again);
    const refreshed = config.warninglists.from_misp ? await mispLists?.refresh(signal) : undefined;
    await this.#learner.learn(this.#lists());
    const { failure, unsettled } = refreshed ?? {};
    if (failure)
      log.warn("MISP does not give out all of its warninglists; those are asked for again", { error: failure });
    else this.#askIn(unsettled ? LOOK.unsettled : LOOK.misp);
    if (this.#isComplete) return;
    this.#isComplete = true;
    complete();
  }

  #askIn(milliseconds: number): void {
    clearTimeout(this.#askAgain);
    const wait = this.#isAnnounced ? Math.min(ENTRIES_COME, milliseconds) : milliseconds;
    this.#askAgain = setTimeout(() => {
      this.#isAnnounced = false;
      this.#turn(() => this.#askMisp());
    }, wait);
  }

  #lists(): Warninglist[] {
    const { config, mispLists } = this.#options;
    return [...this.#fromFiles.values(), ...(config.warninglists.from_misp && mispLists ? mispLists.lists : [])];
  }
}
