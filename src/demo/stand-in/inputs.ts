import type { SightingKind, WarninglistType } from "./rows.ts";

/** What a command says of a new attribute; times are Unix seconds, everything left out is as MISP would default it. */
export interface AttributeInput {
  type: string;
  value: string;
  category?: string;
  toIds?: boolean;
  comment?: string;
  distribution?: number;
  timestamp?: number;
  firstSeen?: number | null;
  lastSeen?: number | null;
  tags?: readonly string[];
  uuid?: string;
}

/** What a command changes of an attribute. */
export type AttributeChanges = Partial<Omit<AttributeInput, "tags" | "uuid">>;

/** What a command says of a new event; `organisation` is the local number of its creator, the host's when left out. */
export interface EventInput {
  info: string;
  organisation?: number;
  published?: boolean;
  tags?: readonly string[];
  distribution?: number;
  date?: string;
  threatLevel?: number;
  timestamp?: number;
  uuid?: string;
  attributes?: readonly AttributeInput[];
}

/** What a command changes of an event. */
export type EventChanges = Partial<Pick<EventInput, "info" | "date" | "distribution" | "threatLevel">>;

/** What a sighting says, who says it (local number, the host when left out), and when (Unix seconds). */
export interface SightingInput {
  type?: SightingKind;
  organisation?: number;
  source?: string;
  date?: number;
}

/** An event as another server gives it away; a known `uuid` makes the pull a change of that event. */
export interface PulledEvent {
  organisation: { name: string; uuid: string };
  info: string;
  uuid?: string;
  distribution?: number;
  date?: string;
  timestamp?: number;
  tags?: readonly string[];
  /** Those that the event already has (same uuid) are changed; `deleted` deletes them softly. */
  attributes: readonly (AttributeInput & { deleted?: boolean })[];
}

/** A warninglist as a command sets it. */
export interface WarninglistInput {
  id: number;
  name: string;
  type: WarninglistType;
  category?: "false_positive" | "known";
  description?: string;
  enabled: boolean;
  matchingAttributes: readonly string[];
  list: readonly string[];
}

/** How commands name what they made. */
export interface Reference {
  id: number;
  uuid: string;
}
