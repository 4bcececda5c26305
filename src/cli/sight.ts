import { giveThumb } from "../courier/give-thumb.ts";
import { MispClient } from "../misp/client.ts";
import { SightingType } from "../model/misp.ts";
import { type Command, Exit, UsageError } from "./command.ts";
import { configOption, givenConfig } from "./config-option.ts";
import { exitAfter } from "./misp-exit.ts";
import { printable } from "./printable.ts";

export const sight: Command = {
  usage: "sight VALUE [--false-positive] [--config FILE]",
  summary: "Give a thumb in MISP: say that a value was seen, or that it is a false positive.",
  details:
    "The sighting applies to every attribute with this value, in the name of the key's owner. A running courier hears " +
    "of it on MISP's feed, like of any other.",
  options: { ...configOption, "false-positive": { type: "boolean", default: false } },
  words: [1, 1],
  async run(given, { environment, out, err, signal }) {
    const config = givenConfig(given, environment);
    if (!config.misp) throw new UsageError("a forwarder has no MISP: give the sighting where its courier runs");
    const [value = ""] = given.positionals;
    const isFalse = given.values["false-positive"] === true;
    const type = isFalse ? SightingType.falsePositive : SightingType.seen;
    const refusal = await giveThumb({ value, type }, new MispClient(config.misp), config, signal);
    if (refusal) {
      err(`misp-courier: ${printable(refusal.message)}`);
      return exitAfter(refusal);
    }
    out(`MISP has it: ${printable(value)} ${isFalse ? "is a false positive" : "was seen"}.`);
    return Exit.ok;
  },
};
