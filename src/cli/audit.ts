import { join } from "node:path";
import { resolvePath } from "../config/load.ts";
import { LEDGER_FILE } from "../courier/open-ledger.ts";
import { formsOf } from "../ledger/forms-of-value.ts";
import { AuditReport, type AuditRow } from "../ledger/report/audit-report.ts";
import { REASONS } from "../model/verdict.ts";
import { agoOption } from "./ago-option.ts";
import { type Command, Exit, jsonOption, UsageError } from "./command.ts";
import { configOption, givenConfig } from "./config-option.ts";
import { printable } from "./printable.ts";

export const audit: Command = {
  usage: "audit VALUE | --since 1d [--config FILE] [--json]",
  summary:
    "What was done, when, why and by whom, to one value or since a time: each addition, renewal, removal and hold, with the target's answer.",
  options: { ...configOption, ...jsonOption, since: { type: "string" } },
  words: [0, 1],
  async run(given, { environment, out, clock }) {
    const [value] = given.positionals;
    const since = agoOption(given, "since", "1d", clock());
    if (value === undefined && since === undefined) throw new UsageError("name a value, or give --since");
    if (value !== undefined && since !== undefined) throw new UsageError("it takes a value or --since, not both");
    const config = givenConfig(given, environment);
    using report = new AuditReport(join(resolvePath(config, config.state), LEDGER_FILE));
    const rows = value === undefined ? report.since(since ?? 0) : report.of(formsOf(value));
    const shown = rows.map((row) => ({ ...row, at: iso(row.at), who: whoOf(row) }));
    if (given.values.json === true) out(JSON.stringify(shown, null, 2));
    else out(rows.length === 0 ? "Nothing is on record." : rows.map(readable).join("\n"));
    return Exit.ok;
  },
};

/** Whose doing it was: the courier's rules, a guard, a person who used a command, or curation. */
function whoOf({ what }: AuditRow): "rules" | "guard" | "person" | "curation" {
  if (what === "hold") return "guard";
  if (what === "release" || what === "discard") return "person";
  return what === "misp" ? "curation" : "rules";
}

function readable(row: AuditRow): string {
  const { at, target, what, type, value, why, answer, attribute, event, organisation, sightedBy } = row;
  if (what === "misp") {
    const text = `${why} on event ${event} of ${organisation ?? "an unknown organisation"}: ${answer}`;
    return `${iso(at)}  curation  ${printable(text)}`;
  }
  const reason = Object.hasOwn(REASONS, why) ? `: ${REASONS[why as keyof typeof REASONS]}` : "";
  const by = sightedBy === null ? "" : ` (${sightedBy})`;
  const origin = attribute === null ? "" : `, attribute ${attribute} of ${organisation ?? "an unknown organisation"}`;
  const refused = answer === "" ? "" : `, refused: ${answer}`;
  return printable(
    `${iso(at)}  ${whoOf(row).padEnd(8)}  ${what.padEnd(7)}  ${type} ${value}  ${target}${reason}${by}${origin}${refused}`,
  );
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
