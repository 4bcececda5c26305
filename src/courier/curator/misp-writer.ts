import PQueue from "p-queue";
import type { CurationStep } from "../../curation/curate-event.ts";
import type { CuratedEvents } from "../../ledger/curated-events.ts";
import type { Logger } from "../../log.ts";
import type { MispClient } from "../../misp/client.ts";
import { probe } from "../../misp/probe.ts";
import { dependsOnRole, MissingRights } from "./missing-rights.ts";
import { WriteAllowance } from "./write-allowance.ts";

export interface MispWriterOptions {
  client: MispClient;
  curated: CuratedEvents;
  /** Most writes in a minute, and to one event within an hour. */
  writesPerMinute: number;
  writesPerEvent: number;
  /** How to mend what MISP refuses, whenever that changes. */
  lacks: (cures: readonly string[]) => void;
  log: Logger;
  signal: AbortSignal;
  /** Milliseconds. */
  clock: () => number;
}

/** Requests to MISP that write, at a time. */
const AT_ONCE = 8;

/** Who a key belongs to of which MISP does not tell. */
const NOBODY = { permissions: new Set<string>(), organisationUuid: null };

/** Writes to MISP within bounds, and keeps a record of each write with its answer. */
export class MispWriter {
  readonly #options: MispWriterOptions;
  readonly #allowance: WriteAllowance;
  readonly #rights: MissingRights;
  readonly #queue = new PQueue({ concurrency: AT_ONCE });

  constructor(options: MispWriterOptions) {
    const { signal, clock, writesPerMinute: perMinute, writesPerEvent: perEvent } = options;
    this.#options = options;
    this.#allowance = new WriteAllowance({ perMinute, perEvent, signal, clock });
    this.#rights = new MissingRights(clock);
  }

  /**
   * Carries out one step at an event.
   * @param creator the UUID of the organisation that created it
   * @param isStillDue asked when it has its turn, for which it may have waited: people go on meanwhile
   * @throws Error with the reason when MISP does not take it, or would not, or when the event had its share
   */
  async write(
    event: string,
    step: CurationStep,
    creator: string | null = null,
    isStillDue: () => Promise<boolean> = async () => true,
  ): Promise<void> {
    const lacking = this.#rights.against(step);
    if (lacking !== undefined) throw new Error(lacking);
    if (this.#allowance.left(event) <= 0) {
      throw new Error("it had all the writes of this hour (curation.writes_per_event)");
    }
    await this.#allowance.take(event);
    if (!(await isStillDue())) throw new Error("it has changed while it waited for room among the writes");
    await this.#queue.add(() => this.#record(event, step, creator));
  }

  /** Whether an event had half of its writes for this hour already. */
  hadMany(event: string): boolean {
    return this.#allowance.left(event) <= this.#options.writesPerEvent / 2;
  }

  async #record(event: string, step: CurationStep, creator: string | null): Promise<void> {
    const { curated, log, lacks } = this.#options;
    const { do: what, ...tag } = step;
    try {
      await this.#send(event, step);
    } catch (error) {
      curated.wrote(event, step, error instanceof Error ? error.message : String(error));
      const mayPublish = dependsOnRole(step, error) && (await this.#mayPublish(creator));
      const cure = this.#rights.refused(step, error, mayPublish);
      if (cure !== undefined) {
        log.error("Curation lacks a right in MISP", { cure });
        lacks(this.#rights.cures);
      }
      throw error;
    }
    curated.wrote(event, step, "done");
    log.info("Wrote to MISP", { event, step: what, ...tag });
    if (this.#rights.took(step)) lacks(this.#rights.cures);
  }

  /** Whether the key may publish events of an organisation; where MISP does not tell, it may not. */
  async #mayPublish(creator: string | null): Promise<boolean> {
    const { client, signal } = this.#options;
    const { permissions, organisationUuid } = await probe(client, signal).catch(() => NOBODY);
    return permissions.has("perm_site_admin") || (creator !== null && organisationUuid === creator);
  }

  async #send(event: string, step: CurationStep): Promise<void> {
    const { client, signal } = this.#options;
    if (step.do === "attach") await client.attachTag(event, step.tag, signal);
    else if (step.do === "detach") await client.detachTag(event, step.tag, signal);
    else await client.publishEvent(event, signal);
  }
}
