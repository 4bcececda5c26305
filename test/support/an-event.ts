import type { EventFacts } from "../../src/model/misp.ts";
import type { Notice } from "../../src/model/notice.ts";
import { NOW } from "./an-attribute.ts";

/** An event's own facts, edited an hour ago and not published; its UUID follows its number. */
export function anEvent(facts: Partial<EventFacts> = {}): EventFacts {
  const { id = 1 } = facts;
  return {
    id,
    uuid: `eeeeeeee-0000-4000-8000-${String(id).padStart(12, "0")}`,
    info: "A campaign",
    date: "2023-11-14",
    distribution: 3,
    threatLevel: 2,
    creator: { id: 4, uuid: "c0c0c0c0-0000-4000-8000-000000000004", name: "CIRCL" },
    timestamp: NOW - 3_600,
    publishTimestamp: 0,
    published: false,
    tags: [],
    ...facts,
  };
}

/** The feed's word that an event is published, with the UUIDs of the attributes that it had. */
export function publishedWith(...attributes: string[]): Extract<Notice, { kind: "published" }> {
  const { id, uuid, timestamp = 0 } = anEvent();
  return { kind: "published", id, uuid, timestamp, attributes: new Set(attributes) };
}

/** REST's word that an event is published, since a minute ago. */
export function aPublication(facts: Partial<EventFacts> = {}): Notice {
  return { kind: "event", event: anEvent({ published: true, publishTimestamp: NOW - 60, ...facts }), how: "answer" };
}
