import type { Cost } from "./measured.ts";
import { SITUATIONS } from "./situations.ts";

const MARKS = {
  begin: "<!-- costs: UPDATE_DOCS=1 npx vitest run test/targets/costs.test.ts -->",
  end: "<!-- end of costs -->",
};

/** A heading, and the costs of all situations. */
export type Column = readonly [heading: string, costs: readonly Cost[]];

/** The document with the table between its marks made anew. */
export function withCosts(document: string, columns: readonly Column[]): string {
  const [before, rest] = document.split(MARKS.begin);
  const after = rest?.split(MARKS.end)[1];
  if (before === undefined || after === undefined) throw new Error(`the document has no place marked ${MARKS.begin}`);
  return `${before}${MARKS.begin}\n\n${tableOf(columns)}\n\n${MARKS.end}${after}`;
}

function tableOf(columns: readonly Column[]): string {
  const rows = SITUATIONS.map(({ title }, index) => {
    return [title, ...columns.map(([, costs]) => shown(costs[index]))];
  });
  const lines = [["", ...columns.map(([heading]) => heading)], ["---", ...columns.map(() => "---")], ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function shown(cost: Cost | undefined): string {
  if (!cost) return "–";
  const requests = `${cost.requests.toLocaleString("en-US")} request${cost.requests === 1 ? "" : "s"}`;
  return cost.bytes === null ? requests : `${requests}, ${sizeOf(cost.bytes)}`;
}

function sizeOf(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  const [unit, size] = bytes < 1_000_000 ? ["kB", bytes / 1_000] : ["MB", bytes / 1_000_000];
  return `${size.toLocaleString("en-US", { maximumSignificantDigits: 3 })} ${unit}`;
}
