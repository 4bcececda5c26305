import type { Support } from "../../src/curation/qualify.ts";
import { NOW } from "./an-attribute.ts";

/** An attribute of a published event, joined with it: it qualifies unless `attribute` or `event` say otherwise. */
export function aSupport(
  attribute: Partial<Support["attribute"]> = {},
  event: Partial<Support["event"]> = {},
): Support {
  return {
    attribute: {
      type: "domain",
      toIds: true,
      deleted: false,
      comment: "",
      timestamp: NOW - 3_600,
      distribution: 5,
      tags: [],
      heard: (NOW - 3_600) * 1000,
      ...attribute,
    },
    event: {
      creator: { id: 4, uuid: "c0c0c0c0-0000-4000-8000-000000000004", name: "CIRCL" },
      distribution: 3,
      tags: [],
      deleted: false,
      known: true,
      withdrawn: false,
      publishedThrough: NOW - 60,
      confirmed: (NOW - 50) * 1000,
      ...event,
    },
  };
}
