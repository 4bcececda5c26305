import type { EventRow } from "./rows.ts";
import type { Store } from "./store.ts";

/** The topics that the stand-in publishes on. */
export type Topic =
  | "misp_json"
  | "misp_json_event"
  | "misp_json_attribute"
  | "misp_json_tag"
  | "misp_json_sighting"
  | "misp_json_organisation"
  | "misp_json_warninglist";

/** Whose key the REST side takes: MISP's `perm_…` flags beside the role's name and id, and a local organisation number. */
export interface Account {
  role: Readonly<Record<string, string | boolean | null>>;
  organisation: number;
}

/** What commands and routes work on: the tables, the feed, the account and the clock (Unix seconds). */
export interface Instance {
  readonly store: Store;
  readonly account: Account;
  /** Puts one message on the feed; the body is made at once, or not at all when a fault swallows it. */
  emit(topic: Topic, body: () => unknown): void;
  now(): number;
}

/** The local number of the organisation that runs the instance. */
export const HOST = 1;

/** What MISP does to an event when anything but a local tag or a sighting changes it: silently, no message tells. */
export function markChanged(instance: Instance, event: EventRow): void {
  event.published = false;
  event.timestamp = instance.now();
}
