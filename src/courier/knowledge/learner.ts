import { setImmediate as nextTurn } from "node:timers/promises";
import type { Config } from "../../config/schema.ts";
import { compilingKnowledge, IGNORANCE, type Knowledge } from "../../curation/knowledge.ts";
import { comparing, touching } from "../../curation/warninglists/change.ts";
import { finishWithPauses } from "../../curation/warninglists/compilation.ts";
import { organisationsIn } from "../../curation/warninglists/trust.ts";
import type { Warninglist } from "../../curation/warninglists/warninglist.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Touched } from "../../ledger/relearning.ts";
import { digestOf } from "../../ledger/report/digest.ts";
import type { Logger } from "../../log.ts";

/** The organisation that the key belongs to. */
export interface OwnOrganisation {
  id: number;
  uuid: string | null;
}

export interface LearnerOptions {
  config: Config;
  ledger: Ledger;
  log: Logger;
  /** The ledger knows something else now; with all lists, from the folder and from MISP. */
  learned: (lists: readonly Warninglist[]) => void;
}

/** Makes lists into knowledge, without holding anything else up, and has the ledger judge again what a change can touch. */
export class Learner {
  readonly #options: LearnerOptions;
  #own: OwnOrganisation | null;
  #lists: readonly Warninglist[] = [];
  #knowledge: Knowledge = IGNORANCE;
  readonly #digests = new WeakMap<Warninglist, string>();
  /** Lists of which it was told that they have entries that match nothing. */
  readonly #told = new Set<string>();

  constructor(options: LearnerOptions) {
    this.#options = options;
    this.#own = ownOrganisation(options.ledger);
  }

  /** Warninglists and trust as they are now. */
  get knowledge(): Knowledge {
    return this.#knowledge;
  }

  /** The own organisation as MISP said last, perhaps in an earlier run; `null`: it never did. */
  get own(): OwnOrganisation | null {
    return this.#own;
  }

  /** Counts with the next lists that are learned. */
  belongTo(own: OwnOrganisation): void {
    this.#own = own;
  }

  /** What is known before anything else is judged: all of it again, unless it was judged by the same when it last ran. */
  async begin(lists: readonly Warninglist[]): Promise<void> {
    const digest = await this.#digest(lists);
    await this.#compile(lists);
    this.#tell(digest, this.#options.ledger.fact(KNOWN) === digest ? NOTHING : EVERYTHING);
  }

  /** Lists as they are now. */
  async learn(lists: readonly Warninglist[]): Promise<void> {
    const digest = await this.#digest(lists);
    if (this.#options.ledger.fact(KNOWN) === digest) return;
    const changes = await finishWithPauses(comparing(this.#lists, lists), nextTurn);
    const tests: ((type: string, value: string) => boolean)[] = [];
    for (const change of changes) tests.push(await finishWithPauses(touching(change), nextTurn));
    const trusting = new Set(this.#settings().trust.map(({ list }) => list.toLowerCase()));
    const trusted = changes.filter(({ list }) => trusting.has(list.name.toLowerCase()));
    const entries = trusted.flatMap(({ changedEntries }) => changedEntries);
    const formerOwn = this.#knowledge.ownOrganisation;
    await this.#compile(lists);
    this.#tell(digest, {
      values: tests.length > 0 ? (type, value) => tests.some((test) => test(type, value)) : null,
      organisations: new Set(organisationsIn(entries, this.#options.config.curation.prefix)),
      voices: ownVoices(formerOwn, this.#knowledge.ownOrganisation),
    });
  }

  /** It is known now who these organisations are, by their numbers. */
  acquaint(organisations: readonly number[]): void {
    const { ledger, learned } = this.#options;
    ledger.learn(this.#knowledge, {}, { ...NOTHING, voices: new Set(organisations) });
    learned(this.#lists);
  }

  #tell(digest: string, touched: Touched): void {
    const { ledger, learned } = this.#options;
    ledger.learn(this.#knowledge, { [KNOWN]: digest, [OWN]: JSON.stringify(this.#own) }, touched);
    learned(this.#lists);
  }

  async #compile(lists: readonly Warninglist[]): Promise<void> {
    const compiling = compilingKnowledge(lists, this.#settings(), this.#own?.id ?? null);
    this.#knowledge = await finishWithPauses(compiling, nextTurn);
    this.#lists = lists;
    for (const { list, entry, reason } of this.#knowledge.unusable) {
      if (this.#told.has(list.name)) continue;
      this.#told.add(list.name);
      this.#options.log.info("A warninglist has entries that match nothing", { list: list.name, entry, reason });
    }
  }

  #settings() {
    const { warninglists, curation } = this.#options.config;
    return { roles: warninglists.roles, trust: curation.trust, prefix: curation.prefix };
  }

  async #digest(lists: readonly Warninglist[]): Promise<string> {
    const digests: string[] = [];
    for (const list of lists) {
      const digest = this.#digests.get(list) ?? (await digestOfList(list));
      this.#digests.set(list, digest);
      digests.push(digest);
    }
    return digestOf([this.#settings(), this.#own, digests]);
  }
}

/** Entries that are digested before everything else may go on. */
const PORTION = 20_000;

async function digestOfList({ entries, ...header }: Warninglist): Promise<string> {
  const digests: string[] = [];
  for (let start = 0; start < entries.length; start += PORTION) {
    digests.push(digestOf(entries.slice(start, start + PORTION)));
    await nextTurn();
  }
  return digestOf([header, digests]);
}

/** The facts that hold which knowledge the ledger has judged by, and the own organisation. */
const KNOWN = "knowledge";
const OWN = "own-organisation";

/** The own organisation as MISP said last; `null`: it never did. */
export function ownOrganisation(ledger: { fact(name: string): string | undefined }): OwnOrganisation | null {
  return JSON.parse(ledger.fact(OWN) ?? "null");
}

const NOTHING: Touched = { values: null, organisations: new Set(), voices: new Set() };
const EVERYTHING: Touched = { ...NOTHING, values: () => true };

/** Whose sightings count otherwise when the key belongs to another organisation than before. */
function ownVoices(before: number | null, after: number | null): Set<number> {
  return new Set(before === after ? [] : [before, after].filter((id) => id !== null));
}
