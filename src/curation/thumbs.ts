import type { Reason } from "../model/verdict.ts";

/** The newest sighting of each type, Unix seconds; 0: there is none. */
export interface Thumbs {
  seen: number;
  falsePositive: number;
  expired: number;
}

export const NO_THUMBS: Thumbs = { seen: 0, falsePositive: 0, expired: 0 };

/** Rule `latest`: the newest of up and down decides, and of the same second, down. */
export function latestThumb(thumbs: Thumbs): Reason | null {
  const down = Math.max(thumbs.falsePositive, thumbs.expired);
  if (down === 0 || thumbs.seen > down) return null;
  return thumbs.falsePositive >= thumbs.expired ? "false_positive" : "expired_sighting";
}
