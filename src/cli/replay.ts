import { type Replayed, replay } from "../courier/replay.ts";
import { counted } from "../model/counted.ts";
import type { Delta } from "../model/delta.ts";
import { isoTime } from "../model/iso-time.ts";
import { REASONS } from "../model/verdict.ts";
import { type Command, Exit, jsonOption } from "./command.ts";
import { configOption, givenConfig } from "./config-option.ts";
import { printable } from "./printable.ts";
import { whyUnreadable } from "./why-unreadable.ts";

export const replayCommand: Command = {
  usage: "replay FILE [--config FILE] [--json]",
  summary:
    "What a configuration would have made of a recorded feed. MISP is not asked, and nothing is written or sent.",
  details: `FILE is what \`run --record FILE\` wrote, or any file with one message of the feed for each line: topic, space, JSON. With
--json each decision is one object on a line of its own, and the totals come last. A publication in the recording counts as confirmed.`,
  options: { ...configOption, ...jsonOption },
  words: [1, 1],
  async run(given, { environment, out, err, signal }) {
    const file = given.positionals[0] ?? "";
    const trouble = whyUnreadable(file);
    if (trouble !== undefined) {
      err(`${file} cannot be read: ${trouble}`);
      return Exit.noInput;
    }
    const config = givenConfig(given, environment);
    const json = given.values.json === true;
    const decided = (target: string, delta: Delta, at: number) => {
      for (const line of json ? objects(target, delta, at) : lines(target, delta, at)) out(line);
    };
    const replayed = await replay({ config, file, decided, signal });
    if (replayed.foreign) {
      err(`${file} cannot be read: no line of it is a message of MISP's feed`);
      return Exit.noInput;
    }
    out(json ? JSON.stringify(totals(replayed)) : summary(replayed));
    return Exit.ok;
  },
};

function* decisions({ add, renew, remove }: Delta) {
  for (const entry of add) yield { operation: "add", ...entry };
  for (const entry of renew) yield { operation: "renew", ...entry };
  for (const { type, value } of remove) yield { operation: "remove", type, value };
}

function* lines(target: string, delta: Delta, at: number) {
  for (const { operation, type, value } of decisions(delta)) {
    yield `${isoTime(at)}  ${target}  ${operation.padEnd(6)}  ${printable(type)}  ${printable(value)}`;
  }
}

function* objects(target: string, delta: Delta, at: number) {
  for (const { operation, type, value } of decisions(delta)) {
    yield JSON.stringify({ at: isoTime(at), target, operation, type, value });
  }
}

function totals({ messages, unreadable, summary }: Replayed) {
  const targets = summary.targets.map(({ name, held }) => ({ name, held }));
  return { messages, unreadable, active: summary.active, withheld: summary.withheld, targets };
}

function summary(replayed: Replayed): string {
  const { messages, unreadable, active, withheld, targets } = totals(replayed);
  const reasons = Object.entries(withheld).map(
    ([reason, count]) => `  ${String(count).padStart(9)}  ${REASONS[reason as keyof typeof REASONS]}`,
  );
  return [
    `${counted(messages, "message")}, ${unreadable} could not be read; ${counted(active, "indicator")} active in the end.`,
    ...(reasons.length > 0 ? ["Withheld, by reason:", ...reasons] : []),
    ...targets.map(({ name, held }) => `${name} would hold ${held}.`),
  ].join("\n");
}
