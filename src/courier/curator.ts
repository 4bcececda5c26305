import { setTimeout as pause } from "node:timers/promises";
import PQueue from "p-queue";
import {
  type CurationPlan,
  type CurationRules,
  type CurationStep,
  type EventToCurate,
  planCuration,
  type Trust,
} from "../curation/curate-event.ts";
import type { CuratedEvents } from "../ledger/curated-events.ts";
import type { Logger } from "../log.ts";
import type { MispClient } from "../misp/client.ts";
import { MispError } from "../misp/errors.ts";
import { type EventMetadata, eventMetadata } from "../misp/event-metadata.ts";
import type { Notice } from "../model/notice.ts";

export interface CuratorOptions {
  client: MispClient;
  ledger: { curated: CuratedEvents };
  rules: CurationRules;
  /** What is known of an organisation; `undefined`: nothing, and its events are left alone. */
  trustOf: (organisation: string) => Trust | undefined;
  /** Whether events of an organisation are curated at all. */
  concerns: (organisation: string | null) => boolean;
  dryRun: boolean;
  writesPerMinute: number;
  log: Logger;
  signal: AbortSignal;
  /** Milliseconds. */
  clock: () => number;
}

const AT_ONCE = 8;
/** MISP speaks of an event before it has saved it: how long to wait before asking again, milliseconds. */
const NOT_SAVED_YET = [0, 100, 300, 1_000, 3_000];
/** After a right turned out to be missing, nothing more is tried for so long, milliseconds. */
const MISSING_RIGHT = 300_000;
const MINUTE = 60_000;
/** How long nothing must be heard of an event that somebody writes before it is published, milliseconds. */
const QUIET = 1_000;

/** Curates events in MISP: trust tags, workflow state, publication. Each event once for each of its changes. */
export class Curator implements AsyncDisposable {
  readonly #options: CuratorOptions;
  readonly #queue = new PQueue({ concurrency: AT_ONCE });
  readonly #open = new Set<string>();
  /** Events of which more may come. */
  readonly #quiet = new Map<string, NodeJS.Timeout>();
  readonly #writes: number[] = [];
  #missing: { right: string; until: number } | undefined;

  constructor(options: CuratorOptions) {
    this.#options = options;
  }

  /** A right that the key lacks, in words, or `undefined`. */
  get missingRight(): string | undefined {
    return this.#missing?.right;
  }

  /** Looks for events among what was heard; our own tags come back as tag messages, which say nothing here. */
  heard(notices: readonly Notice[]): void {
    // The last message of a server pull: the event is complete.
    const pulled = new Set(notices.flatMap((notice) => (notice.kind === "pulled" ? notice.uuid : [])));
    for (const notice of notices) {
      if (notice.kind !== "event" || notice.how === "answer" || pulled.has(notice.event.uuid)) continue;
      if (this.#options.concerns(notice.event.creator.uuid)) this.#curateNewcomer(notice.event.uuid);
    }
    for (const uuid of pulled) this.curate(uuid);
  }

  /** Curates an event that is complete, as far as anybody knows. */
  curate(uuid: string): void {
    clearTimeout(this.#quiet.get(uuid));
    this.#quiet.delete(uuid);
    this.#enqueue(uuid, true);
  }

  /** Tags at once; whoever writes the event may still be at it, so it is published once nothing more was heard of it. */
  #curateNewcomer(uuid: string): void {
    this.#enqueue(uuid, false);
    clearTimeout(this.#quiet.get(uuid));
    this.#quiet.set(
      uuid,
      setTimeout(() => this.curate(uuid), QUIET),
    );
  }

  #enqueue(uuid: string, complete: boolean): void {
    const { signal } = this.#options;
    const key = `${uuid} ${complete}`;
    if (this.#open.has(key) || signal.aborted) return;
    this.#open.add(key);
    void this.#queue
      .add(async () => {
        if (!signal.aborted) await this.#curate(uuid, complete);
      })
      .catch((error) => this.#failed(uuid, error))
      .finally(() => this.#open.delete(key));
  }

  /** Lets what is under way come to its end; what waits comes up again at the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#quiet.values()) clearTimeout(timer);
    this.#queue.clear();
    await this.#queue.onIdle();
  }

  async #curate(uuid: string, complete: boolean): Promise<void> {
    const { ledger, trustOf, concerns, rules } = this.#options;
    const event = await this.#metadata(uuid);
    if (!event || !concerns(event.organisation) || event.organisation === null) return;
    const trust = trustOf(event.organisation);
    if (!trust || ledger.curated.isDone(uuid, event.timestamp)) return;
    const hits = rules.gates.max_warninglist_hits === null ? 0 : ledger.curated.warninglistHits(event.id);
    const facts: EventToCurate = { ...event, warninglistHits: hits };
    const plan = planCuration(facts, trust, rules);
    const steps = complete ? plan.steps : plan.steps.filter((step) => step.do !== "publish");
    await this.#carryOut(event, { ...plan, steps });
    // What a gate kept back is looked at again at its next message, whatever its time says.
    if (complete && plan.notes.length === 0 && !this.#options.dryRun) ledger.curated.done(uuid, event.timestamp);
  }

  async #metadata(uuid: string): Promise<EventMetadata | undefined> {
    const { client, signal } = this.#options;
    for (const wait of NOT_SAVED_YET) {
      if (wait > 0) await pause(wait, undefined, { signal });
      const event = await eventMetadata(client, uuid, signal);
      if (event) return event;
    }
    return undefined;
  }

  /** Step by step; the first that fails ends it, so that nothing is published that was not tagged. */
  async #carryOut(event: EventMetadata, { steps, notes }: CurationPlan): Promise<void> {
    const { log, dryRun } = this.#options;
    for (const note of notes) log.info("Curation of an event", { event: event.uuid, note });
    if (this.#missing && this.#missing.until > this.#options.clock()) return;
    for (const step of steps) {
      const tag = "tag" in step ? { tag: step.tag } : {};
      log.info(dryRun ? "Would write to MISP" : "Writes to MISP", { event: event.uuid, step: step.do, ...tag });
      if (!dryRun) await this.#write(event, step);
    }
  }

  async #write(event: EventMetadata, step: CurationStep): Promise<void> {
    const { client, ledger, signal } = this.#options;
    await this.#budget();
    try {
      if (step.do === "attach") await client.attachTag(event.uuid, step.tag, signal);
      else if (step.do === "detach") await client.detachTag(event.uuid, step.tag, signal);
      else await client.publishEvent(event.uuid, signal);
      ledger.curated.wrote(event.uuid, step, "done");
    } catch (error) {
      ledger.curated.wrote(event.uuid, step, error instanceof Error ? error.message : String(error));
      throw new StepFailed(step, error);
    }
  }

  /** Waits until another write fits into the last minute. */
  async #budget(): Promise<void> {
    const { clock, writesPerMinute, signal } = this.#options;
    for (;;) {
      const now = clock();
      while (this.#writes[0] !== undefined && this.#writes[0] <= now - MINUTE) this.#writes.shift();
      if (this.#writes.length < writesPerMinute) break;
      await pause(Math.max(10, (this.#writes[0] ?? now) + MINUTE - now), undefined, { signal });
    }
    this.#writes.push(clock());
  }

  #failed(uuid: string, error: unknown): void {
    const { log, signal, clock } = this.#options;
    if (signal.aborted) return;
    const cause = error instanceof StepFailed ? error.cause : error;
    if (error instanceof StepFailed && cause instanceof MispError && cause.meaning === "forbidden") {
      const right = cureOf(error.step);
      this.#missing = { right, until: clock() + MISSING_RIGHT };
      log.error("Curation lacks a right in MISP", { event: uuid, cure: right, error: cause });
      return;
    }
    log.warn("An event could not be curated; its next change, or the next catch-up, brings it up again", {
      event: uuid,
      error: cause,
    });
  }
}

/** A write that MISP did not take. */
class StepFailed extends Error {
  override readonly name = "StepFailed";
  readonly step: CurationStep;
  constructor(step: CurationStep, cause: unknown) {
    super(`${step.do} failed`, { cause });
    this.step = step;
  }
}

function cureOf(step: CurationStep): string {
  if (step.do === "publish")
    return "give the key's role the permission to publish (perm_publish); events of others also need site admin";
  return "put the key's user into MISP's host organisation and give its role the tagger permission (perm_tagger); a tag that does not exist yet also needs the tag editor permission, or create it once";
}
