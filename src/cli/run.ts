import { ConfigError, formatConfigError } from "../config/issue.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { ConfigWatch } from "../config/watch.ts";
import { Recorder } from "../courier/recording.ts";
import { ReloadingCourier } from "../courier/reload.ts";
import { LastingFront } from "../http/lasting-front.ts";
import type { Logger } from "../log.ts";
import { Supervisor } from "../service/notify.ts";
import { type Command, Exit, textOption } from "./command.ts";
import { configFile, configOption } from "./config-option.ts";
import { logOf } from "./log-of.ts";

export const run: Command = {
  usage: "run [--config FILE] [--record FILE]",
  summary:
    "Follow MISP and keep every target up to date, until stopped. Reads FILE again on SIGHUP and when it changes.",
  details: "--record also writes every message of the feed to a file, for `replay`. That file grows without limit.",
  options: { ...configOption, record: { type: "string" } },
  words: [0, 0],
  async run(given, { environment, clock, signal, reload }) {
    const file = configFile(given);
    const config = loadConfig(file, environment, { now: clock() });
    const supervisor = new Supervisor(environment);
    signal.addEventListener("abort", () => supervisor.stopping(), { once: true });
    const recorder = recorderFor(textOption(given, "record"), clock, config);
    const attend = async (config: Config, log: Logger) => new LastingFront({ config, log, clock });
    const courier = new ReloadingCourier({ config, openLog: logOf, signal, clock, supervisor, recorder, attend });
    using watch = new ConfigWatch({
      file,
      environment,
      clock,
      current: () => courier.latest,
      changed: (next) => courier.adopt(next),
      refused: (error) =>
        logOf(courier.latest).error(
          "The changed configuration is refused; the one before stays in force",
          complaint(error),
        ),
    });
    reload?.(() => watch.read());
    await courier.run();
    await recorder?.close();
    return Exit.ok;
  },
};

function recorderFor(file: string | undefined, clock: () => number, config: Config): Recorder | undefined {
  if (file === undefined) return undefined;
  return new Recorder(file, clock, (error) => logOf(config).error("The feed cannot be recorded", { error }));
}

function complaint(error: unknown) {
  return error instanceof ConfigError ? { mistakes: formatConfigError(error) } : { error };
}
