import { Commands } from "../../src/demo/stand-in/commands.ts";
import { fullEvent } from "../../src/demo/stand-in/full-event.ts";
import type { Topic } from "../../src/demo/stand-in/instance.ts";
import { ADMIN } from "../../src/demo/stand-in/roles.ts";
import type { EventRow, SightingRow } from "../../src/demo/stand-in/rows.ts";
import { Store } from "../../src/demo/stand-in/store.ts";
import { wholeEvent } from "../../src/misp/answers.ts";
import { isObject } from "../../src/misp/coerce.ts";
import { decode, isUnreadable } from "../../src/misp/messages.ts";
import type { Notice } from "../../src/model/notice.ts";

/** One message of the feed as it was understood, with its topic. */
export interface Message {
  topic: string;
  notices: readonly Notice[];
}

/** A stand-in MISP whose messages are collected, and whose REST answers are notices: for tests of the ledger alone. */
export class SocketlessMisp extends Commands {
  /** Messages not taken yet, in MISP's order. */
  readonly messages: Message[] = [];

  constructor(clock: () => number) {
    const store = new Store();
    const now = () => Math.floor(clock() / 1000);
    store.addOrganisation("ORGNAME", "aeea95ce-1400-46e6-a396-c5e817780fa0", true, now());
    const emit = (topic: Topic, body: () => unknown) => this.#collect(topic, body());
    super({ store, account: { role: ADMIN, organisation: 1 }, emit, now });
  }

  /** The numbers of all events that are there. */
  get events(): number[] {
    return [...this.instance.store.events.keys()];
  }

  /** The numbers of all attributes that are there and not deleted. */
  get attributes(): number[] {
    return [...this.instance.store.attributes.values()].filter(({ deleted }) => !deleted).map(({ id }) => id);
  }

  /** REST's answer about an event: its own facts, or all that belongs to it. Nothing when it is gone. */
  answer(event: number | string, whole: boolean): Notice[] {
    const { store } = this.instance;
    const row = typeof event === "number" ? store.events.get(event) : store.withUuid(event);
    return row?.kind === "event" ? answerOf(row, whole) : [];
  }

  /** All sightings, as REST lists them. */
  sightings(): Notice[] {
    const rows = [...this.instance.store.sightings.values()];
    const ids = new Set(rows.map(({ id }) => id));
    return [
      ...rows.map(sightingNotice),
      { kind: "sightings-listed", from: 0, to: Number.MAX_SAFE_INTEGER, ids, whole: false },
    ];
  }

  #collect(topic: Topic, body: unknown): void {
    const notices = decode(Buffer.from(`${topic} ${JSON.stringify(body)}`));
    if (isUnreadable(notices)) throw new Error(notices.reason);
    this.messages.push({ topic, notices });
  }
}

function answerOf(row: EventRow, whole: boolean): Notice[] {
  const { Event: body } = fullEvent(row);
  if (!isObject(body)) throw new Error("the stand-in gives no event");
  const notices = wholeEvent(body);
  return whole ? notices : notices.slice(0, 1);
}

function sightingNotice({ id, uuid, attribute, type, date, organisation, source }: SightingRow): Notice {
  const about = { type: attribute.type, value: [attribute.value1, attribute.value2].filter(Boolean).join("|") };
  const names = { attributeId: attribute.id, eventId: attribute.event.id, organisationId: organisation.id };
  return { kind: "sighting", sighting: { id, uuid, type, date, source, about, ...names }, how: "answer" };
}
