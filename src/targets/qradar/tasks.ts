import { setTimeout as pause } from "node:timers/promises";
import type { Indicator } from "../../model/indicator.ts";
import { NotNow, Partly, Refused } from "../target.ts";
import type { Unwanted } from "./api.ts";
import { fieldsOf, isOfWhatWasSent, type QradarClient } from "./client.ts";

/** One line of a bulk update. */
export interface Update {
  item: Indicator;
  body: Readonly<Record<string, unknown>>;
}

const ENTRIES = "/reference_data_collections/set_entries";
const TASKS = "/reference_data_collections/set_bulk_update_tasks";
/** How often a task is looked at, milliseconds. */
const LOOK = { first: 50, most: 2_000 };
const UNDER_WAY = new Set("QUEUED INITIALIZING PROCESSING PAUSED RESUMING CANCELING CANCEL_REQUESTED".split(" "));

/** Bulk updates, which the console works off as tasks: each is followed to its end. */
export class BulkUpdates {
  readonly #client: QradarClient;
  /** A task that is not known to have ended. */
  #open: number | undefined;

  constructor(client: QradarClient) {
    this.#client = client;
  }

  /** Waits for the end of a task that an earlier try left behind. */
  async settle(signal: AbortSignal): Promise<void> {
    if (this.#open !== undefined) await this.#end(this.#open, signal);
  }

  /**
   * @returns those that the console will never take
   * @throws Refused when it did none of it, or does not say which
   */
  async apply(updates: readonly Update[], signal: AbortSignal): Promise<readonly Unwanted[]> {
    const body = updates.map((update) => update.body);
    const { status, body: task, problem } = await this.#client.call({ method: "PATCH", path: ENTRIES, body }, signal);
    // 23000: one of the sets is gone.
    if (problem?.code === 23_000 || status === 404) throw new NotNow(`a set is gone: ${problem?.message}`);
    if (problem && !isOfWhatWasSent({ status })) throw new NotNow(`QRadar takes no update now: ${problem.message}`);
    if (problem) throw new Refused(`QRadar refuses the update: ${problem.message || status}`);
    const { id } = fieldsOf(task);
    if (typeof id !== "number") throw new NotNow("the console's answer names no task: is this QRadar?");
    this.#open = id;
    const end = await this.#end(id, signal);
    return this.#outcome(id, end, updates, signal);
  }

  /** Looks at a task until it has ended; the status it ended with. */
  async #end(id: number, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
    for (let wait = LOOK.first; ; wait = Math.min(LOOK.most, wait * 2)) {
      const { status, body } = await this.#client.call({ method: "GET", path: `${TASKS}/${id}` }, signal);
      const task = status === 404 ? { status: "CANCELLED", error_message: "the task is gone" } : fieldsOf(body);
      if (typeof task.status !== "string") throw new NotNow("the console's answer has no status: is this QRadar?");
      if (!UNDER_WAY.has(task.status)) {
        this.#open = undefined;
        return task;
      }
      await pause(wait, undefined, { signal });
    }
  }

  async #outcome(
    id: number,
    { status: end, error_message }: Readonly<Record<string, unknown>>,
    updates: readonly Update[],
    signal: AbortSignal,
  ): Promise<readonly Unwanted[]> {
    const said = typeof error_message === "string" ? `: ${this.#client.tell(error_message)}` : "";
    const { status, body } = await this.#client.call({ method: "GET", path: `${TASKS}/${id}/results` }, signal);
    const results = status === 200 ? fieldsOf(body) : {};
    if (Array.isArray(results.responses) && results.responses.length === updates.length) {
      return this.#judge(results.responses.map(fieldsOf), updates, results.status === "UPDATE_ABORTED");
    }
    // Results that say neither how it went nor anything of a line do not speak against the task's own word.
    const isSilent = status < 300 && results.status === undefined && results.responses === undefined;
    if (end === "COMPLETED" && (isSilent || status === 404 || results.status === "COMPLETE_UPDATE_PERFORMED"))
      return [];
    if (end === "COMPLETED") throw new Refused(`QRadar did not do all of an update, and does not say what${said}`);
    throw new NotNow(`the console's bulk update ended as ${end}${said}`);
  }

  /** What became of each line. */
  #judge(
    responses: readonly Readonly<Record<string, unknown>>[],
    updates: readonly Update[],
    aborted: boolean,
  ): Unwanted[] {
    const unwanted: Unwanted[] = [];
    const Waiting = responses.some(({ http_status }) => Number(http_status) < 300) ? Partly : NotNow;
    for (const [n, { http_status, message }] of responses.entries()) {
      const update = updates[n];
      const status = Number(http_status);
      if (!update || status < 300) continue;
      if (status === 404 && update.body.delete_entry === true) continue;
      const said = typeof message === "string" ? this.#client.tell(message) : "";
      if (status !== 422) throw new Waiting(`the console cannot take a value now (${status}): ${said}`);
      unwanted.push({ indicator: update.item, reason: `QRadar refuses it: ${said}` });
    }
    // Nothing was done because of a few: delivery finds the others by halving.
    if (aborted) throw new Refused(`QRadar did nothing of an update: ${unwanted[0]?.reason ?? "it does not say why"}`);
    return unwanted;
  }
}
