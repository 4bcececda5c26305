import { parseDuration } from "../config/duration.ts";
import { demonstrate } from "../demo/demonstration.ts";
import { DirectoryNotEmpty, Premises } from "../demo/premises.ts";
import type { Figures } from "../demo/written.ts";
import { type Command, Exit, type Given, textOption, UsageError } from "./command.ts";
import { demoLine, duration } from "./demo-lines.ts";
import { printable } from "./printable.ts";

export const demo: Command = {
  usage: "demo [--for 20s] [--directory DIR] [--speed N]",
  summary: "Watch a courier at work on a simulated MISP in which a SOC is busy; nothing else is needed.",
  details: `It goes on until Ctrl-C, or for as long as --for says. --speed 4 runs four times as fast. Its files are deleted
afterwards, unless --directory names a new or empty folder for them.`,
  options: { for: { type: "string" }, directory: { type: "string" }, speed: { type: "string", default: "1" } },
  words: [0, 0],
  async run(given, terminal) {
    const lasting = lastingOf(given);
    const speed = speedOf(given);
    await using premises = await openPremises(textOption(given, "directory"));
    const { out, clock, signal } = terminal;
    const figures = await demonstrate({
      premises,
      speed,
      lasting,
      signal,
      clock,
      show: (line) => out(demoLine(line, terminal)),
      opened: (page) => out(introduction(premises, page)),
    });
    out(closing(figures, premises));
    return Exit.ok;
  },
};

function lastingOf(given: Given): number | undefined {
  const text = textOption(given, "for");
  if (text === undefined) return undefined;
  const seconds = parseDuration(text);
  // Longer than a day is more than a timer may be set to before long.
  if (!seconds || seconds > 86_400) throw new UsageError(`--for takes a duration up to 1d, such as 20s, not ${text}`);
  return seconds * 1000;
}

function speedOf(given: Given): number {
  const speed = Number(textOption(given, "speed"));
  if (!(speed >= 0.1 && speed <= 20)) throw new UsageError("--speed takes a number from 0.1 to 20");
  return speed;
}

async function openPremises(directory: string | undefined): Promise<Premises> {
  try {
    return await Premises.open(directory);
  } catch (error) {
    throw error instanceof DirectoryNotEmpty ? new UsageError(error.message) : error;
  }
}

function introduction({ configFile }: Premises, page: string): string {
  return [
    "A simulated MISP runs inside this program, people work in it, and misp-courier keeps block lists in step with it.",
    "heard: what MISP said.  decided: why something is not on a list.  written: what changed in the files, how long after.",
    `The same as a page: ${page}`,
    `Ctrl-C ends it. Until then, from another terminal: misp-courier explain VALUE --config ${printable(configFile)}`,
  ].join("\n");
}

function closing({ added, removed, removals }: Figures, { directory, kept }: Premises): string {
  const sorted = removals.toSorted((one, other) => one - other);
  const middle = sorted[Math.floor(sorted.length / 2)];
  const slowest = sorted.at(-1);
  const pace =
    middle === undefined || slowest === undefined
      ? ""
      : ` From heard to removed: half within ${duration(middle)}, all within ${duration(slowest)}.`;
  return [
    "",
    `Written: ${added} added, ${removed} removed.${pace}`,
    `The files ${kept ? `are in ${printable(directory)}` : "were removed; --directory DIR keeps them"}.`,
    "",
    "next: switch on the ZeroMQ feed of your MISP (README.md says where), copy config.yaml, set misp.url and misp.zeromq",
    "next: MISP_API_KEY=… misp-courier check --online",
    "next: MISP_API_KEY=… misp-courier run",
  ].join("\n");
}
