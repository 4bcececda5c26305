import { type Command, Exit, type Terminal } from "./command.ts";

/** The narrowest and the widest that text is set, columns. */
const WIDTH = { least: 40, most: 120 };
const GAP = 2;

/** Shows every command, or how one of them is called. */
export function help(
  commands: Readonly<Record<string, Command>>,
  name: string | undefined,
  terminal: Terminal,
): number {
  const width = Math.min(WIDTH.most, Math.max(WIDTH.least, terminal.width));
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  terminal.out(command ? helpOn(command, width) : overview(commands, width));
  return Exit.ok;
}

function helpOn({ usage, summary, details }: Command, width: number): string {
  const parts = [`usage: misp-courier ${usage}`, summary, ...(details ? [details] : [])];
  return parts.map((part) => wrap(part, width).join("\n")).join("\n\n");
}

function overview(commands: Readonly<Record<string, Command>>, width: number): string {
  const names = Object.entries(commands).map(([name, { summary }]) => [name, summary] as const);
  const set = (text: string) => wrap(text, width).join("\n");
  return [
    set("misp-courier delivers MISP's indicators to block lists, SIEMs and sensors, and removes what no longer holds."),
    "usage: misp-courier COMMAND [OPTIONS]",
    columns(names, width).join("\n"),
    set(
      `"misp-courier help COMMAND" says more about each. Commands that read a configuration take --config FILE; without it, config.yaml is read. "misp-courier --version" prints the version.`,
    ),
    set(NEWCOMERS),
  ].join("\n\n");
}

const NEWCOMERS = `New here? "misp-courier demo" needs no MISP and no configuration. Then copy config.yaml, set MISP's address and
key, and run "misp-courier check --online", which names what is still missing. "misp-courier explain VALUE" says why a value is, or is not, on a list.`;

/** Two columns, the second of which is set into the width that is left. */
function columns(rows: readonly (readonly [string, string])[], width: number): string[] {
  const first = Math.max(...rows.map(([name]) => name.length)) + 2 * GAP;
  return rows.flatMap(([name, text]) => {
    const [line = "", ...more] = wrap(text, width - first);
    return [`  ${name}`.padEnd(first) + line, ...more.map((rest) => " ".repeat(first) + rest)];
  });
}

/** Lines of at most so many columns; a word that is longer has one to itself. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
