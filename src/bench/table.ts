import { catalog } from "./catalog.ts";
import { figureNames, type Report } from "./report.ts";

const MARKS = {
  begin: "<!-- figures: npm run bench -- --table docs/BENCHMARKS.md -->",
  end: "<!-- end of figures -->",
};

/**
 * The document with its table made anew; everything outside the marks stays.
 * @throws when a figure is missing, which would wipe out the one that the document has.
 */
export function withTable(document: string, report: Report): string {
  const missing = figureNames.filter((name) => !report.figures[name]);
  if (missing.length > 0) throw new Error(`the table stays as it is: nothing was measured of ${missing.join(", ")}`);
  const [before, rest] = document.split(MARKS.begin);
  const after = rest?.split(MARKS.end)[1];
  if (before === undefined || after === undefined) throw new Error(`the document has no place marked ${MARKS.begin}`);
  return `${before}${MARKS.begin}\n\n${renderTable(report)}\n${MARKS.end}${after}`;
}

function renderTable({ machine, node, date, figures }: Report): string {
  const rows = figureNames.flatMap((name) => {
    const figure = figures[name];
    if (!figure) return [];
    const { value, unit, target, peer, how } = figure;
    return `| ${[catalog[name].title, `**${shown(value)}** ${unit}`, target ?? "–", peer ?? "–", how].join(" | ")} |`;
  });
  const head = ["figure", "measured", "to reach", "the peers", "how"];
  return [
    `${date.slice(0, 10)}, Node ${node}, ${machine}.`,
    "",
    `| ${head.join(" | ")} |`,
    `| ${head.map(() => "---").join(" | ")} |`,
    ...rows,
    "",
  ].join("\n");
}

function shown(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: Number.isInteger(value) ? 21 : 3 });
}
