import { setTimeout as pause } from "node:timers/promises";
import { resolvePath } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { compileKnowledge, IGNORANCE, type Knowledge } from "../curation/knowledge.ts";
import { diff, touches } from "../curation/warninglists/change.ts";
import type { TrustIndex } from "../curation/warninglists/trust.ts";
import type { Warninglist } from "../curation/warninglists/warninglist.ts";
import { digestOf } from "../ledger/digest.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Logger } from "../log.ts";
import type { Notice } from "../model/notice.ts";
import { listFilesState, readListFiles } from "./list-files.ts";
import type { MispLists } from "./misp-lists.ts";

export interface KnowledgeKeeperOptions {
  config: Config;
  ledger: Ledger;
  mispLists: MispLists;
  log: Logger;
  signal: AbortSignal;
  /** The ledger knows something else now; with all lists, from the folder and from MISP. */
  learned: (lists: readonly Warninglist[]) => void;
}

/** The organisation that the key belongs to. */
export interface OwnOrganisation {
  id: number;
  uuid: string | null;
}

/** How often the folder of lists is looked at, and MISP is asked, milliseconds. */
const LOOK = { files: 2_000, misp: 3_600_000 };
/** MISP announces a list before it has stored its entries. */
const ENTRIES_COME = 2_000;

/** Keeps warninglists and trust as the folder and MISP have them, and lets the ledger judge again what a change can touch. */
export class KnowledgeKeeper implements AsyncDisposable {
  readonly #options: KnowledgeKeeperOptions;
  readonly #directory: string;
  #fromFiles: Warninglist[] = [];
  #filesState = "";
  #known: Warninglist[] = [];
  #own: OwnOrganisation | null = null;
  #knowledge: Knowledge = IGNORANCE;
  #timers: NodeJS.Timeout[] = [];
  #working: Promise<void> = Promise.resolve();
  #announced: NodeJS.Timeout | undefined;

  constructor(options: KnowledgeKeeperOptions) {
    this.#options = options;
    this.#directory = resolvePath(options.config, options.config.warninglists.directory);
  }

  get trust(): TrustIndex {
    return this.#knowledge.trust;
  }

  /** Whether an event's creator is the organisation that the key belongs to. */
  isOwn(uuid: string): boolean {
    return this.#own?.uuid === uuid;
  }

  /** Learns what is on disk, before anything is judged; then follows the folder and MISP. */
  async start(): Promise<void> {
    const { config, mispLists, ledger } = this.#options;
    const own = ledger.fact(OWN);
    this.#own = own ? JSON.parse(own) : null;
    if (config.warninglists.from_misp) await mispLists.open();
    await this.#readFiles();
    this.#learn(true);
    this.#timers.push(setInterval(() => this.#turn(() => this.#lookAtFiles()), LOOK.files));
    if (config.warninglists.from_misp)
      this.#timers.push(setInterval(() => this.#turn(() => this.#askMisp()), LOOK.misp));
  }

  /** MISP answers, and says who the key belongs to. */
  introduced(own: OwnOrganisation): void {
    this.#own = own;
    this.#turn(() => (this.#options.config.warninglists.from_misp ? this.#askMisp() : this.#learnAnew()));
  }

  /** Looks for announcements of changed lists. */
  heard(notices: readonly Notice[]): void {
    const changed = notices.filter((notice) => notice.kind === "warninglist");
    if (changed.length === 0 || !this.#options.config.warninglists.from_misp) return;
    for (const { id } of changed) this.#options.mispLists.changed(id);
    clearTimeout(this.#announced);
    this.#announced = setTimeout(() => this.#turn(() => this.#askMisp()), ENTRIES_COME);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#announced);
    for (const timer of this.#timers) clearInterval(timer);
    await this.#working;
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
    if ((await listFilesState(this.#directory)) === this.#filesState) return;
    // Whoever writes a list may still be at it.
    await pause(100, undefined, { signal: this.#options.signal });
    await this.#readFiles();
    this.#learn(false);
  }

  async #readFiles(): Promise<void> {
    const { lists, problems, state } = await readListFiles(this.#directory);
    for (const problem of problems) this.#options.log.warn("A warninglist cannot be used", { problem });
    this.#fromFiles = lists;
    this.#filesState = state;
  }

  async #askMisp(): Promise<void> {
    await this.#options.mispLists.refresh(this.#options.signal);
    this.#learn(false);
  }

  async #learnAnew(): Promise<void> {
    this.#learn(false);
  }

  #learn(starting: boolean): void {
    const { config, ledger, mispLists, learned, log } = this.#options;
    const lists = [...this.#fromFiles, ...(config.warninglists.from_misp ? mispLists.lists : [])];
    const changes = starting ? [] : diff(this.#known, lists);
    this.#known = lists;
    const { digest, isNew, compile } = knowledgeOf(config, lists, this.#own, ledger);
    if (!starting && !isNew) return;
    const knowledge = compile();
    this.#knowledge = knowledge;
    for (const name of starting ? knowledge.trust.missing : [])
      log.warn("A list of trusted organisations is missing", { list: name });
    const own = { [KNOWN]: digest, [OWN]: JSON.stringify(this.#own) };
    if (starting) ledger.learn(knowledge, own, isNew ? EVERYTHING : NOTHING);
    else ledger.learn(knowledge, own, touchedBy(changes, config.curation.prefix));
    learned(lists);
  }
}

/** Which knowledge the ledger has judged by, and the number of the own organisation. */
const KNOWN = "knowledge";
export const OWN = "own-organisation";

/** What is known by a configuration, and whether the ledger has judged by something else. */
export function knowledgeOf(
  { warninglists, curation }: Config,
  lists: readonly Warninglist[],
  own: OwnOrganisation | null,
  ledger: Ledger,
) {
  const settings = { roles: warninglists.roles, trust: curation.trust, prefix: curation.prefix };
  const digest = digestOf([settings, own, lists]);
  const isNew = ledger.fact(KNOWN) !== digest;
  return { digest, isNew, compile: () => compileKnowledge(lists, settings, own?.id ?? null) };
}

const NOTHING = { values: null, organisations: new Set<string>() };
const EVERYTHING = { values: () => true, organisations: new Set<string>() };

function touchedBy(changes: ReturnType<typeof diff>, prefix: string) {
  const tests = changes.map(touches);
  const entries = changes.flatMap(({ changedEntries }) => changedEntries).filter((entry) => entry.startsWith(prefix));
  const organisations = new Set(
    entries.map((entry) => entry.slice(prefix.length).split("#", 1).join().trim().toLowerCase()),
  );
  const values = (type: string, value: string) => tests.some((test) => test(type, value));
  return { values: tests.length > 0 ? values : null, organisations };
}
