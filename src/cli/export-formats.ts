import { randomUUID } from "node:crypto";
import type { Exported } from "../ledger/report/export.ts";
import { keyOf } from "../model/indicator.ts";
import { IDENTITY, stixIndicator } from "../stix/indicator.ts";
import { MARKINGS, markingObject } from "../stix/marking.ts";
import { type Column, rowOf } from "../targets/csv/row.ts";
import { unfitForLine } from "../targets/one-line.ts";

/** How an export is written: lines before, a line for each indicator (`undefined`: it has no words for it), lines after. */
export interface ExportFormat {
  head: readonly string[];
  line(exported: Exported): string | undefined;
  tail: readonly string[];
  /** Why it has no words for some; missing where it has for all. */
  lacks?: string;
}

export const EXPORT_FORMATS: Readonly<Record<string, () => ExportFormat>> = {
  ndjson: () => ({ head: [], line: ({ entry }) => JSON.stringify(plain(entry)), tail: [] }),
  csv: () => ({
    head: [COLUMNS.join(",")],
    // A row makes one line of what is no value: of two values it would make one that nobody ever gave.
    line: ({ entry }) =>
      unfitForLine(entry.value) === undefined ? rowOf(entry, { columns: COLUMNS, guard: true }) : undefined,
    tail: [],
    lacks: "their values have control characters or line separators, which no row can have; ndjson has them",
  }),
  stix,
};

const COLUMNS: readonly Column[] = ["value", "type", "score", "expires", "event_uuid", "event", "organisation", "tags"];

function plain({ type, value, score, expires, origins }: Exported["entry"]) {
  return {
    type,
    value,
    key: keyOf({ type, value }),
    score,
    expires: expires === null ? null : new Date(expires * 1000).toISOString(),
    tags: [...new Set(origins.flatMap(({ tags }) => tags))],
    origins: origins.map(({ attributeUuid, eventUuid, eventInfo, organisation, category, comment }) => ({
      ...{ attributeUuid, eventUuid, eventInfo, organisation, category, comment },
    })),
  };
}

/** One bundle, an object a line, so that it need not be held in memory. */
function stix(): ExportFormat {
  const common = [IDENTITY, ...MARKINGS.map(markingObject)].map((object) => JSON.stringify(object));
  return {
    head: [`{"type":"bundle","id":"bundle--${randomUUID()}","objects":[`, common.join(",\n")],
    line: ({ entry, changed }) => {
      const indicator = stixIndicator(entry, changed);
      return indicator && `,${JSON.stringify(indicator)}`;
    },
    tail: ["]}"],
    lacks: "STIX has no pattern for their types",
  };
}
