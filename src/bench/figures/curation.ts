import { setTimeout as pause } from "node:timers/promises";
import type { EventReference } from "../../demo/stand-in/commands.ts";
import type { StandInMisp } from "../../demo/stand-in/stand-in-misp.ts";
import { median } from "../measure.ts";
import { attributesFrom } from "../populate.ts";
import { caughtUp } from "../workers/courier.ts";
import { openMisp, secondsAgo, type Workshop } from "../workshop.ts";
import type { Measure } from "./measured.ts";

const LIST = "org-confidence-level-high";
const FRIEND = { name: "CERT-Southland", uuid: "5b0f2d3e-7c1c-4a55-9d3e-0c6a1d2f4b11" };
const TRUST = { list: LIST, score: 100, tag: 'admiralty-scale:source-reliability="a"', publish: true };
/** A hundred writes a second and more are what is asked for here. */
const SETTINGS = { curation: { trust: [TRUST], writes_per_minute: 1_000_000 } };
/** How many attributes each event has. */
const ATTRIBUTES = 20;

/** How fast events of a trusted organisation are tagged and published, many at once and single ones. */
export const curation: Measure = async (workshop) => {
  const { events, singles, ahead } = workshop.sizes.curation;
  // What a publisher drops of a burst is another figure.
  await using misp = await openMisp({ rate: Number.POSITIVE_INFINITY, sendHighWaterMark: 0 });
  await using friend = await befriend(workshop, misp);
  workshop.say("curation: many events");
  const began = performance.now();
  await friend.published(friend.send(events));
  const rate = events / ((performance.now() - began) / 1000);
  workshop.say("curation: single events");
  const alone = await times(singles, () => friend.timeBehind(0));
  const behind = await times(singles, () => friend.timeBehind(ahead));
  return {
    "curation-rate": { value: rate, runs: [rate] },
    "curation-alone": { value: median(alone), runs: alone },
    "curation-behind": { value: median(behind), runs: behind },
  };
};

async function befriend(workshop: Workshop, misp: StandInMisp): Promise<Friend & AsyncDisposable> {
  misp.setWarninglist({
    id: 1,
    name: LIST,
    type: "string",
    category: "known",
    enabled: true,
    matchingAttributes: [],
    list: [`org_uuid:${FRIEND.uuid}`],
  });
  const friend = new Friend(misp);
  const courier = await workshop.courier(workshop.place(), { misp, more: SETTINGS });
  await courier.ask(caughtUp, { times: 1 });
  // The list is read after the first answers of REST; until then nobody is trusted.
  while (!(await friend.published(friend.send(1), workshop.sizes.calm))) workshop.say("curation: waiting for trust");
  return Object.assign(friend, { [Symbol.asyncDispose]: () => courier[Symbol.asyncDispose]() });
}

/** An organisation whose events come in by a pull that leaves them unpublished. */
class Friend {
  readonly #misp: StandInMisp;
  readonly #organisation: number;
  readonly #stranger: number;
  #sent = 0;

  constructor(misp: StandInMisp) {
    this.#misp = misp;
    this.#organisation = misp.addOrganisation(FRIEND).id;
    this.#stranger = misp.addOrganisation({ name: "Somebody" }).id;
  }

  send(count: number): EventReference[] {
    return Array.from({ length: count }, () => this.#sendOne(this.#organisation));
  }

  /** Resolves to true when all of them were tagged and published, to false when that takes longer than `patience`, ms. */
  async published(events: readonly EventReference[], patience = 60_000): Promise<boolean> {
    const waiting = new Set(events.map(({ uuid }) => uuid));
    const { requests } = this.#misp;
    const end = performance.now() + patience;
    let seen = requests.at(-1);
    while (waiting.size > 0 && performance.now() < end) {
      await pause(1);
      // The oldest are forgotten meanwhile, so that places in the list mean nothing.
      for (const { path } of requests.slice(seen ? requests.lastIndexOf(seen) + 1 : 0)) waiting.delete(published(path));
      seen = requests.at(-1);
    }
    return waiting.size === 0;
  }

  /** Milliseconds from the last message of an event until its publication, right behind so many events of strangers. */
  async timeBehind(others: number): Promise<number> {
    for (let sent = 0; sent < others; sent += 1) this.#sendOne(this.#stranger);
    const event = this.send(1);
    // What a publisher takes to send it all is its own affair.
    await this.#misp.flushed();
    const began = performance.now();
    await this.published(event);
    const taken = performance.now() - began;
    await pause(QUIET);
    return taken;
  }

  #sendOne(organisation: number): EventReference {
    this.#sent += 1;
    const attributes = attributesFrom(this.#sent * ATTRIBUTES, ATTRIBUTES, secondsAgo(0));
    const info = `Report ${this.#sent} of a partner`;
    const event = this.#misp.addEvent({ info, organisation, attributes });
    // The last message of a pull.
    this.#misp.sendRaw(`misp_json_event ${JSON.stringify({ Event: event.uuid, action: "add" })}`);
    return event;
  }
}

/** The event that a request publishes. */
function published(path: string): string {
  return path.startsWith("/events/publish/") ? (path.split("/")[3] ?? "") : "";
}

/** What was sent ahead comes to rest meanwhile, milliseconds. */
const QUIET = 500;

async function times(count: number, measure: () => Promise<number>): Promise<number[]> {
  const taken: number[] = [];
  for (let index = 0; index < count; index += 1) taken.push(await measure());
  return taken;
}
