import type { Indicator } from "./indicator.ts";
import type { Attribute } from "./misp.ts";

/** One attribute as another courier describes it. Times are Unix seconds. */
export interface RecordedAttribute
  extends Pick<Attribute, "uuid" | "category" | "comment" | "timestamp" | "firstSeen" | "lastSeen" | "distribution"> {
  /** Event tags and attribute tags together. */
  tags: readonly string[];
  event: { uuid: string; info: string; date: string };
  organisation: { uuid: string; name: string };
}

/** What another courier says about one indicator, on behalf of one MISP. */
export interface IndicatorRecord extends Indicator {
  /** Names the record: the indicator's key and the origin. */
  name: string;
  /** Which MISP it comes from. */
  origin: string;
  score: number;
  /** The time that its TTL counts from, Unix seconds. */
  reference: number;
  /** Those that support it there; at least one. */
  attributes: readonly RecordedAttribute[];
}
