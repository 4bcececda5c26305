import { resolve } from "node:path";
import { NotImportable } from "../courier/broker/files.ts";
import { type Imported, importBroker } from "../courier/broker/import-broker.ts";
import { counted } from "../model/counted.ts";
import { type Command, Exit, type Terminal, textOption } from "./command.ts";
import { printable } from "./printable.ts";

export const importBrokerCommand: Command = {
  usage: "import-broker DIR [--output FILE] [--only NAMES]",
  summary:
    "Take over from a MISP-Broker: writes a config.yaml, and a ledger of what its targets hold. Without --output it only shows the file.",
  details: `DIR is the folder of settings.cfg; nothing is changed there. If it follows several MISPs, --only NAME,NAME imports the
configurations of one of them, by the names of their files in configs/ without .cfg.`,
  options: { output: { type: "string", short: "o" }, only: { type: "string" } },
  words: [1, 1],
  async run(given, terminal) {
    const { environment, clock } = terminal;
    const output = textOption(given, "output");
    const only = textOption(given, "only")?.split(",");
    try {
      const [directory = ""] = given.positionals;
      const into = output === undefined ? undefined : resolve(output);
      const imported = importBroker({ directory: resolve(directory), only, output: into, environment, clock });
      tell(imported, output, terminal);
      return Exit.ok;
    } catch (error) {
      if (!(error instanceof NotImportable)) throw error;
      terminal.err(`misp-courier import-broker: ${printable(error.message)}`);
      return Exit.noInput;
    }
  },
};

function tell({ yaml, notes, held }: Imported, output: string | undefined, { out, err }: Terminal): void {
  const tellNote = output === undefined ? err : out;
  if (output === undefined) out(yaml.trimEnd());
  else {
    out(`${output} is written, and beside it a ledger of what the targets hold:`);
    for (const [name, count] of held) out(`  ${name}: ${counted(count, "indicator")}`);
  }
  for (const note of notes) tellNote(`note: ${printable(note)}`);
  if (output !== undefined) {
    out(`next: stop MISP-Broker, set the variables that ${output} names`);
    out(`next: misp-courier check --online --config ${output}`);
    out(`next: misp-courier run --config ${output}`);
  }
}
