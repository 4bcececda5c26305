import { catalog, type Kind } from "./catalog.ts";
import { figureNames, type Report } from "./report.ts";

const MARKS = {
  begin: "<!-- figures: npm run bench -- --table docs/BENCHMARKS.md -->",
  end: "<!-- end of figures -->",
};

/** The document with its table made anew; everything outside the marks stays. */
export function withTable(document: string, report: Report): string {
  const [before, rest] = document.split(MARKS.begin);
  const after = rest?.split(MARKS.end)[1];
  if (before === undefined || after === undefined) throw new Error(`the document has no place marked ${MARKS.begin}`);
  return `${before}${MARKS.begin}\n\n${renderTable(report)}\n${MARKS.end}${after}`;
}

/** The figures as Markdown; what this run did not measure has a dash. */
export function renderTable({ machine, node, date, figures }: Report): string {
  const rows = figureNames.map((name) => {
    const { title, unit, target, peer }: Kind = catalog[name];
    const figure = figures[name];
    const value = figure ? `**${shown(figure.value)}** ${unit}` : "–";
    return `| ${[title, value, target ?? "–", peer ?? "–", figure?.how ?? "not measured in this run"].join(" | ")} |`;
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
