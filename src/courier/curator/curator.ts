import { setTimeout as pause } from "node:timers/promises";
import { planCuration, WORKFLOW_TAGS } from "../../curation/curate-event.ts";
import { MispError } from "../../misp/errors.ts";
import { type EventMetadata, metadataOf } from "../../misp/event-metadata.ts";
import type { EventFacts } from "../../model/misp.ts";
import type { Notice } from "../../model/notice.ts";
import { carryOut } from "./carry-out.ts";
import { DryRun } from "./dry-run.ts";
import { isFrom } from "./event-source.ts";
import { EventTurns, type Occasion } from "./event-turns.ts";
import type { CuratorOptions } from "./options.ts";
import { OwnPublications } from "./own-publications.ts";
import { Strangers } from "./strangers.ts";
import { countWarned } from "./warned-attributes.ts";

/** When what failed, unless MISP asks for more time, and what a gate keeps back, is looked at again, milliseconds. */
const AGAIN = { failed: 60_000, closed: 600_000 };
/** How often is looked whether that time has come, milliseconds. */
const LOOK = 5_000;
/** What is remembered of the time before it is known whom to trust; of the rest the next catch-up tells, or has told. */
const EARLY = 1_000;
/** Of an event that is published over and over, how long it must be quiet until it is once more, milliseconds. */
const SPARING = 300_000;
/** How long what an event holds may wait for its curation, milliseconds. */
const SOON = 20;

/** Curates events in MISP: trust tags, workflow state, publication. Each event once for each of its changes. */
export class Curator implements AsyncDisposable {
  readonly #options: CuratorOptions;
  readonly #turns: EventTurns;
  readonly #ownTags: ReadonlySet<string>;
  readonly #published = new OwnPublications();
  readonly #strangers: Strangers;
  readonly #dryRun: DryRun;
  /** What was heard before it is known whom to trust; `undefined` from then on. */
  #early: Notice[] | undefined = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CuratorOptions) {
    const { signal, rules } = options;
    this.#options = options;
    this.#dryRun = new DryRun(options);
    this.#turns = new EventTurns({ work: (uuid, occasion) => this.#turn(uuid, occasion), signal });
    this.#strangers = new Strangers((organisation) => options.trustLevelOf(organisation) !== undefined);
    this.#ownTags = new Set([...rules.trustTags, ...WORKFLOW_TAGS].map((tag) => tag.toLowerCase()));
  }

  /** MISP was asked who we are and whom to trust; what was heard before is looked at now. */
  begin(): void {
    if (!this.#options.enabled || !this.#early) return;
    const early = this.#early;
    this.#early = undefined;
    this.heard(early);
    this.#takeAwaited();
    this.#takeDue();
    this.#timer = setInterval(() => this.#takeDue(), LOOK);
  }

  /**
   * Keeps in mind which events a catch-up found to have changed, before the ledger remembers that they were found: no later one
   * would tell of what a courier that is stopped, or has no room among its writes for long, had yet to curate.
   */
  found(notices: readonly Notice[]): void {
    if (!this.#options.enabled) return;
    const events = notices.flatMap((notice) => (notice.kind === "event" ? [notice.event] : []));
    const due = events.filter((event) => (this.#early || this.#isTrusted(event.creator.uuid)) && !this.#isDone(event));
    if (due.length > 0) this.#options.curated.awaits(due.map(({ uuid }) => uuid));
  }

  /** Looks for events among what the feed said, or what a catch-up found to have changed. */
  heard(notices: readonly Notice[]): void {
    if (!this.#options.enabled) return;
    this.#strangers.heard(notices);
    for (const notice of notices) {
      if (notice.kind !== "event" && notice.kind !== "pulled" && notice.kind !== "tag") continue;
      else if (this.#early) this.#early = [...this.#early.slice(-EARLY), notice];
      else if (notice.kind === "event") this.#heardEvent(notice.event, notice.how);
      // The last message of a server pull: the event is complete.
      else if (notice.kind === "pulled") this.#heardPulled(notice.uuid);
      else this.#heardTag(notice);
    }
  }

  /**
   * Looks for events that somebody writes to among what the feed said: they are not complete yet. An attribute that is added to one or
   * edited takes its publication back, of which MISP says no more.
   */
  goesOn(notices: readonly Notice[]): void {
    if (!this.#options.enabled) return;
    this.#strangers.heard(notices);
    const complete = new Set(notices.map((notice) => (notice.kind === "pulled" ? notice.uuid : undefined)));
    for (const notice of notices) {
      if (notice.kind === "attribute" && notice.event && !complete.has(notice.event.uuid)) this.#written(notice.event);
    }
  }

  #written(event: EventFacts): void {
    if (this.#turns.prolong(event.uuid) || this.#early || !this.#isTrusted(event.creator.uuid)) return;
    const isBusy = this.#options.writer.hadMany(event.uuid);
    this.#turns.takeWhenQuiet(event.uuid, "heard", isBusy ? SPARING : undefined);
  }

  /**
   * Resolves when no event is being curated, and soon in any case: a few requests to MISP, one after the other, go ahead of what
   * can wait that long.
   */
  async soon(): Promise<void> {
    await Promise.race([this.#turns.idle(), pause(SOON)]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#turns[Symbol.asyncDispose]();
  }

  #heardPulled(uuid: string): void {
    if (!this.#strangers.has(uuid)) this.#turns.take(uuid, { complete: true, how: "pulled" });
  }

  #isTrusted(organisation: string | null): boolean {
    return organisation !== null && this.#options.trustLevelOf(organisation) !== undefined;
  }

  #isDone({ uuid, timestamp }: EventFacts): boolean {
    return timestamp !== undefined && this.#options.curated.isDone(uuid, timestamp);
  }

  #heardEvent(event: EventFacts, how: "heard" | "snapshot" | "answer"): void {
    const { sources, dryRun } = this.#options;
    if (how === "snapshot" && this.#published.isEcho(event)) return;
    if (!this.#isTrusted(event.creator.uuid) || this.#isDone(event)) return;
    this.#turns.takeWhenQuiet(event.uuid, how === "answer" ? "missed" : "heard");
    // Tags need not wait for whoever still writes the event, unless it matters whether it turns out to be pulled.
    const isAlike = sources.includes("pulled") === sources.includes("received");
    if (isAlike && !dryRun) this.#turns.take(event.uuid, { complete: false, how: "heard" });
  }

  /** A tag may open a gate; our own come back on the feed, and say nothing. */
  #heardTag({ on, eventId, name }: Extract<Notice, { kind: "tag" }>): void {
    if (on !== "event" || this.#ownTags.has(name.toLowerCase())) return;
    const [uuid, held] = this.#options.held.numbered(eventId) ?? [];
    if (uuid && held) this.#turns.take(uuid, { complete: true, how: held.how });
  }

  #takeAwaited(): void {
    const { dryRun, curated } = this.#options;
    // A dry run has told of them when they came. While nobody was known, a first load counted all: MISP is not asked for each.
    for (const { uuid, creator } of dryRun ? [] : curated.awaited) {
      if (creator !== null && !this.#isTrusted(creator)) curated.letGo(uuid);
      else this.#turns.takeWhenQuiet(uuid, "missed");
    }
  }

  #takeDue(): void {
    const { held, curated, clock } = this.#options;
    for (const [uuid, { how }] of held.due(clock())) this.#turns.take(uuid, { complete: true, how });
    const overdue = this.#published.overdue(clock());
    if (overdue.length > 0) curated.awaits(overdue.map(([uuid]) => uuid));
    for (const [uuid, how] of overdue) this.#turns.take(uuid, { complete: true, how });
    if (held.hasRoomAgain()) this.#takeAwaited();
  }

  async #turn(uuid: string, occasion: Occasion): Promise<void> {
    const asked = this.#options.clock();
    let event: EventMetadata | undefined;
    try {
      const found = await this.#options.desk.lookOnceSaved(uuid);
      event = found && metadataOf(found);
      if (event?.published !== false) this.#published.settle(uuid);
      const held = event && (await this.#curate(event, occasion, asked));
      if (held === undefined) this.#settled(uuid, occasion);
      else this.#hold(uuid, event?.id, held, occasion, AGAIN.closed);
    } catch (error) {
      if (this.#options.signal.aborted) return;
      const { wait = 0 } = error instanceof MispError ? error : {};
      const again = Math.min(Math.max(AGAIN.failed, wait), AGAIN.closed);
      this.#hold(uuid, event?.id, error instanceof Error ? error.message : String(error), occasion, again);
    }
  }

  /** An event waits for nothing more, unless it is for the end of a dry run. */
  #settled(uuid: string, { complete }: Occasion): void {
    const { held, curated, dryRun } = this.#options;
    if (!complete) return;
    held.letGo(uuid);
    if (!dryRun) curated.letGo(uuid);
  }

  /**
   * @param asked when MISP was asked for the event, milliseconds
   * @returns why the event has to wait
   */
  async #curate(event: EventMetadata, occasion: Occasion, asked: number): Promise<string | undefined> {
    const { trustLevelOf, curated, rules, sources, dryRun, log } = this.#options;
    const level = event.organisation === null ? undefined : trustLevelOf(event.organisation);
    if (!level || !isFrom(sources, event, occasion) || curated.isDone(event.uuid, event.timestamp)) return undefined;
    const warninglistHits = await this.#warned(event.id, event.attributes);
    const planFor = (found: EventMetadata) => planCuration({ ...found, warninglistHits }, level, rules);
    const plan = planFor(event);
    if (dryRun) return this.#dryRun.show(event, plan);
    await carryOut(event, plan, { ...this.#options, published: this.#published, occasion, asked, planFor });
    if (!occasion.complete) return undefined;
    if (plan.closed.length > 0) return `not published: ${plan.closed.join(", ")}`;
    for (const note of plan.notes) log.info("Curation of an event", { event: event.uuid, note });
    curated.done(event.uuid, event.timestamp);
    return undefined;
  }

  /** Of how many attributes warninglists warn, where a gate asks; `null` as long as the ledger lacks some of them. */
  async #warned(event: number, attributes: number): Promise<number | null> {
    const { rules, saved } = this.#options;
    if (rules.gates.max_warninglist_hits === null) return 0;
    await saved();
    return countWarned(this.#options, event, attributes);
  }

  #hold(uuid: string, id: number | undefined, reason: string, { how }: Occasion, wait: number): void {
    const { held, log, clock } = this.#options;
    const isNews = held.hold(uuid, { id, reason, how, next: clock() + wait });
    if (isNews) log.warn("An event waits for its curation", { event: uuid, reason });
  }
}
