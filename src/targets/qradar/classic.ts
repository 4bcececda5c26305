import PQueue from "p-queue";
import type { Indicator } from "../../model/indicator.ts";
import { NotNow, Refused } from "../target.ts";
import type { Element, SetChange, SetsApi, Unwanted } from "./api.ts";
import { fieldsOf, isOfWhatWasSent, listIn, type QradarClient, type Reply } from "./client.ts";
import { Misfits, unplaced } from "./fit.ts";
import { inBody, pages } from "./pages.ts";
import type { ReferenceSet } from "./sets.ts";

const SETS = "/reference_data/sets";
/** QRadar's own numbers. */
const NO_SUCH_SET = 1002;
const NO_SUCH_ELEMENT = 1003;
/** What a console, or a proxy before it, says of an address that is too long for it. */
const TOO_LONG = new Set([414, 431]);
/** Each removal is a request of its own: so many are under way at once. */
const AT_ONCE = 4;
/** So many removals that are refused, and none that is taken, are no matter of the values. */
const MOST_REFUSED = 10;

/** The API that every console has: one call loads many values, and each removal is a call. */
export class ClassicSets implements SetsApi {
  readonly #client: QradarClient;
  readonly #encode: (value: string) => string;
  /** The kind of elements of the sets that are there, by name. */
  readonly #known = new Map<string, unknown>();
  /** The names of sets that turned out to be gone. */
  readonly #lost = new Set<string>();
  /** Whether this version takes the namespace and the domain in the address of a load. */
  #namespaced = false;

  constructor(client: QradarClient, encodeTwice: boolean) {
    this.#client = client;
    this.#encode = encodeTwice ? (value) => encoded(encoded(value)) : encoded;
  }

  async change(changes: readonly SetChange[], signal: AbortSignal): Promise<readonly Unwanted[]> {
    const unwanted: Unwanted[] = [];
    const misfits = new Misfits();
    // Loads first: what is refused there is halved and tried again, and nothing needs to be removed twice.
    for (const { set, hold } of changes) {
      if (hold.length > 0) unwanted.push(...(await this.#load(set, hold, misfits, signal)));
    }
    for (const { set, drop } of changes) unwanted.push(...(await this.#drop(set, drop, misfits, signal)));
    misfits.tell();
    return unwanted;
  }

  async lost(): Promise<readonly string[]> {
    const names = [...this.#lost];
    this.#lost.clear();
    return names;
  }

  async names(concerns: (name: string) => boolean, signal: AbortSignal): Promise<readonly string[]> {
    const names: string[] = [];
    const request = { path: SETS, query: { fields: "name" } };
    for await (const page of pages(this.#client, request, inBody("list of sets"), signal)) {
      for (const { name } of page.map(fieldsOf)) if (typeof name === "string" && concerns(name)) names.push(name);
    }
    return names;
  }

  async *list(concerns: (name: string) => boolean, signal: AbortSignal) {
    for (const name of await this.names(concerns, signal)) yield* this.#elements(name, signal);
  }

  async *#elements(name: string, signal: AbortSignal) {
    const request = { path: `${SETS}/${encoded(name)}`, query: { fields: "number_of_elements,data(value,source)" } };
    for await (const page of pages(this.#client, request, inSet, signal)) {
      yield { name, elements: page.flatMap(elementIn) };
    }
  }

  async #load(
    set: ReferenceSet,
    wanted: readonly Indicator[],
    misfits: Misfits,
    signal: AbortSignal,
  ): Promise<readonly Unwanted[]> {
    const made = await this.#ensure(set, misfits, signal);
    if (made !== true) return unplaced(wanted, made);
    const hold = misfits.without(wanted, set, this.#known.get(set.name));
    // Somebody may make room: it is asked about again.
    if (hold.length < wanted.length) this.#known.delete(set.name);
    if (hold.length === 0) return [];
    const reply = await this.#bulkLoad(set, hold, signal);
    if (isMissing(reply)) {
      this.#known.delete(set.name);
      this.#lost.add(set.name);
      // What it held goes out with what it is to get, and not behind it.
      throw new NotNow(`the set ${set.name} is gone: it is made anew, and gets all that it held`);
    }
    requireDone(reply, set);
    return [];
  }

  async #bulkLoad({ name }: ReferenceSet, hold: readonly Indicator[], signal: AbortSignal): Promise<Reply> {
    const body = JSON.stringify(hold.map(({ value }) => value));
    const headers = { "Content-Type": "application/json" };
    const load = (namespaced: boolean) => {
      const path = namespaced ? `SHARED/${encoded(name)}/SHARED` : encoded(name);
      return this.#client.call({ method: "POST", path: `${SETS}/bulk_load/${path}`, body, headers }, signal);
    };
    const reply = await load(this.#namespaced);
    if (!isNowhere(reply)) return reply;
    const other = await load(!this.#namespaced);
    // A console that is being started may know neither for a while.
    if (!isNowhere(other)) this.#namespaced = !this.#namespaced;
    return other;
  }

  /** Returns those that are too long to be named in an address. */
  async #drop(
    { name }: ReferenceSet,
    drop: readonly Indicator[],
    misfits: Misfits,
    signal: AbortSignal,
  ): Promise<readonly Unwanted[]> {
    const queue = new PQueue({ concurrency: AT_ONCE });
    const unwanted: Unwanted[] = [];
    const count = { removed: 0, refused: 0 };
    const dropOne = async (indicator: Indicator) => {
      const part = this.#encode(indicator.value);
      if (isStep(part)) {
        unwanted.push({ indicator, reason: "no address names this value where it is encoded once: remove it by hand" });
        return;
      }
      const path = `${SETS}/${encoded(name)}/${part}`;
      const reply = await this.#client.call({ method: "DELETE", path }, signal);
      const { problem, status } = reply;
      if (TOO_LONG.has(status)) {
        const reason = "the value is too long for the address by which the classic API removes it: remove it by hand";
        unwanted.push({ indicator, reason });
        return;
      }
      if (isMissing(reply)) this.#lost.add(name);
      if (isGone(reply)) {
        count.removed += 1;
        return;
      }
      count.refused += 1;
      const words = `the console does not remove from ${name}: ${problem?.message || status}`;
      if (count.removed === 0 && count.refused >= MOST_REFUSED) throw new NotNow(words);
      misfits.wait(words);
    };
    try {
      await queue.addAll(drop.map((indicator) => () => dropOne(indicator)));
    } finally {
      // After a failure nothing of this try may go on: it would take off what a later one has loaded again, and a console that
      // refuses the token locks out who asks on.
      queue.clear();
      await queue.onIdle();
    }
    return unwanted;
  }

  /** Makes a set unless it is there. Returns true; why its values can never be taken; or nothing, where they wait. */
  async #ensure(set: ReferenceSet, misfits: Misfits, signal: AbortSignal): Promise<true | string | undefined> {
    const { name, element, days } = set;
    if (this.#known.has(name)) return true;
    const ttl = days === null ? {} : { time_to_live: `${days} days` };
    const query = { name, element_type: element, timeout_type: "LAST_SEEN", ...ttl };
    const reply = await this.#client.call({ method: "POST", path: SETS, query }, signal);
    if (reply.problem && reply.status !== 409) return misfits.unmade(set, reply);
    this.#known.set(name, reply.problem ? await this.#kindOf(set, signal) : element);
    return true;
  }

  async #kindOf({ name }: ReferenceSet, signal: AbortSignal): Promise<unknown> {
    const request = { method: "GET", path: `${SETS}/${encoded(name)}`, headers: { Range: "items=0-0" } };
    return fieldsOf((await this.#client.call(request, signal)).body).element_type;
  }
}

/** A path's part. */
function encoded(text: string): string {
  return /^\.{1,2}$/.test(text) ? text.replaceAll(".", "%2E") : encodeURIComponent(text);
}

/** True for what makes another path of an address, also with its dots encoded once: its set might be what is removed then. */
function isStep(part: string): boolean {
  return /^(?:\.|%2e){1,2}$/i.test(part);
}

function isMissing({ status, problem }: Reply): boolean {
  return status === 404 && problem?.code === NO_SUCH_SET;
}

/** True where the set or the value is not there any more. Any other refusal of a removal may not pass for that. */
function isGone({ status, problem }: Reply): boolean {
  return !problem || (status === 404 && problem.code >= NO_SUCH_SET && problem.code <= NO_SUCH_ELEMENT);
}

/** Nothing answers at this address. */
function isNowhere(reply: Reply): boolean {
  return reply.status === 404 && !isMissing(reply);
}

/** Only the set itself as the answer proves that its values were loaded. */
function requireDone({ status, problem, body }: Reply, { name }: ReferenceSet): void {
  if (problem && isOfWhatWasSent({ status }))
    throw new Refused(`QRadar refuses values for ${name}: ${problem.message || status}`);
  if (problem) throw new NotNow(`the console does not load ${name}: ${problem.message}`);
  if (fieldsOf(body).name !== name) throw new NotNow("the console's answer does not name the set: is this QRadar?");
}

function inSet({ body }: Reply) {
  const { data, number_of_elements: total } = fieldsOf(body);
  return { elements: data === undefined && total === 0 ? [] : listIn(data, "elements"), total: numberOr(total) };
}

function numberOr(given: unknown): number | undefined {
  return typeof given === "number" ? given : undefined;
}

/** An element as the console tells it; none where it is not understood. */
export function elementIn(given: unknown): Element[] {
  const { value, source } = fieldsOf(given);
  return typeof value === "string" ? [{ value, source: typeof source === "string" ? source : "" }] : [];
}
