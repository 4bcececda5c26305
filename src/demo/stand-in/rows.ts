/** What a sighting says: 0 seen, 1 false positive, 2 expired. */
export type SightingKind = 0 | 1 | 2;

/** An organisation as the stand-in keeps it; `created` is Unix seconds. */
export interface OrganisationRow {
  id: number;
  uuid: string;
  name: string;
  local: boolean;
  created: number;
}

/** A tag as the stand-in keeps it. */
export interface TagRow {
  id: number;
  name: string;
  colour: string;
}

/** A tag on an event or an attribute; a local one never unpublishes. */
export interface TagLink {
  id: number;
  tag: TagRow;
  local: boolean;
}

/** An event with everything in it; all times are Unix seconds, `publishTimestamp` is 0 until the first publication. */
export interface EventRow {
  kind: "event";
  id: number;
  uuid: string;
  info: string;
  date: string;
  published: boolean;
  analysis: number;
  threatLevel: number;
  distribution: number;
  timestamp: number;
  publishTimestamp: number;
  locked: boolean;
  /** The organisation that keeps the event here (MISP's Org). */
  owner: OrganisationRow;
  /** The organisation that wrote it (MISP's Orgc). */
  creator: OrganisationRow;
  /** Attributes that are not soft-deleted. */
  attributeCount: number;
  attributes: Set<AttributeRow>;
  tags: TagLink[];
}

/** An attribute; times are Unix seconds, `value2` is the empty string unless the type is composite. */
export interface AttributeRow {
  kind: "attribute";
  id: number;
  uuid: string;
  event: EventRow;
  type: string;
  category: string;
  value1: string;
  value2: string;
  toIds: boolean;
  comment: string;
  timestamp: number;
  distribution: number;
  deleted: boolean;
  firstSeen: number | null;
  lastSeen: number | null;
  tags: TagLink[];
  sightings: SightingRow[];
}

/** One sighting of one attribute; `date` is Unix seconds as its writer claims. */
export interface SightingRow {
  id: number;
  uuid: string;
  attribute: AttributeRow;
  organisation: OrganisationRow;
  type: SightingKind;
  date: number;
  source: string;
}

/** A warninglist with its entries. */
export interface WarninglistRow {
  id: number;
  name: string;
  type: WarninglistType;
  category: "false_positive" | "known";
  description: string;
  version: number;
  enabled: boolean;
  matchingAttributes: readonly string[];
  list: readonly string[];
}

/** The ways in which MISP compares a value with the entries of a list. */
export type WarninglistType = "string" | "substring" | "hostname" | "cidr" | "regex";
