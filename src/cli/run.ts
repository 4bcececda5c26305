import { loadConfig } from "../config/load.ts";
import { secretsOf } from "../config/secrets.ts";
import { runCourier } from "../courier/courier.ts";
import { openLog } from "../log.ts";
import { type Command, configOption, Exit, textOption } from "./command.ts";

export const run: Command = {
  usage: "run [--config FILE]",
  summary: "Follow MISP and keep every target in step, until stopped.",
  options: configOption,
  words: [0, 0],
  async run(given, { environment, clock, signal }) {
    const config = loadConfig(textOption(given, "config") ?? "config.yaml", environment);
    const log = openLog(config.log, secretsOf(config));
    log.info("misp-courier starts", { targets: Object.keys(config.targets).length });
    await runCourier({ config, log, signal, clock });
    log.info("misp-courier has stopped");
    return Exit.ok;
  },
};
