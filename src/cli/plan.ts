import { loadConfig, resolvePath } from "../config/load.ts";
import { makePlan, type Plan } from "../courier/plan/plan.ts";
import type { Changes, TargetPlan } from "../courier/plan/planned-changes.ts";
import { silent } from "../log.ts";
import { REASONS } from "../model/verdict.ts";
import { type Command, Exit, jsonOption } from "./command.ts";
import { configOption, givenConfig } from "./config-option.ts";
import { printable } from "./printable.ts";

export const plan: Command = {
  usage: "plan [NEW_CONFIG] [--config FILE] [--json]",
  summary:
    "What another configuration, or the present one, would add, renew and remove at each target; changes nothing.",
  options: { ...configOption, ...jsonOption },
  words: [0, 1],
  async run(given, { environment, out, err, clock, signal, progress }) {
    const current = givenConfig(given, environment);
    const [file] = given.positionals;
    // It is tried in the place of the one in force: relative paths mean the same.
    const asNext = { directory: current.directory, now: clock() };
    const next = file === undefined ? current : loadConfig(file, environment, asNext);
    const drawn = progress && ((judged: number) => progress(`judged by the new rules: ${judged}`));
    const made = await makePlan({ current, next, log: silent, signal, clock, progress: drawn });
    progress?.("");
    const state = resolvePath(next, next.state);
    if (state !== resolvePath(current, current.state))
      err(`note: ${file} has another state: this is told by the one in force, of which ${state} knows nothing`);
    out(given.values.json === true ? JSON.stringify(made, null, 2) : readable(made));
    return Exit.ok;
  },
};

function readable({ targets, dropped }: Plan): string {
  return [
    ...targets.map(readableTarget),
    ...dropped.map(({ name, holds }) => `${name}: would no longer be fed, and keeps the ${holds} that it holds`),
    "Nothing was applied.",
  ].join("\n");
}

function readableTarget({ name, isNew, holds, leaves, ...changes }: TargetPlan): string {
  const { add, renew, remove, casualties, held } = changes;
  const why = Object.entries(remove.why).map(([word, count]) => {
    return `      ${count}: ${REASONS[word as keyof typeof REASONS] ?? word}`;
  });
  return [
    `${name}: ${isNew ? "new" : `holds ${holds}`}, +${add.count} -${remove.count} ~${renew.count}`,
    ...(leaves > 0 ? [`  ! its former place keeps the ${leaves} that it holds`] : []),
    ...held.map((reason) => `  ! its guard would hold the ${reason}`),
    ...casualties.named.map(({ type, value, change, named }) => {
      return printable(`  ! ${change === "add" ? "adds" : "removes"} ${type} ${value}: ${named.join(", ")}`);
    }),
    ...(casualties.count > casualties.named.length
      ? [`  ! and ${casualties.count - casualties.named.length} more that lists name`]
      : []),
    ...sampleLines("+", add),
    ...sampleLines("-", remove),
    ...why,
    ...sampleLines("~", renew),
  ].join("\n");
}

function sampleLines(sign: string, { count, samples }: Changes): string[] {
  const more = count - samples.length;
  return [
    ...samples.map(({ type, value }) => printable(`    ${sign} ${type} ${value}`)),
    ...(more > 0 ? [`    ${sign} and ${more} more`] : []),
  ];
}
