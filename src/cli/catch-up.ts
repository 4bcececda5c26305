import { join } from "node:path";
import { resolvePath } from "../config/load.ts";
import type { CourierConfig } from "../config/schema.ts";
import { type Caught, catchUp } from "../courier/catch-up/catch-up.ts";
import type { Progress } from "../courier/catch-up/options.ts";
import { Intake } from "../courier/intake/intake.ts";
import { LEDGER_FILE, openLedger } from "../courier/open-ledger.ts";
import { demandLedger } from "../ledger/database/database.ts";
import { Requests } from "../ledger/requests.ts";
import { MispClient } from "../misp/client.ts";
import { MispError } from "../misp/errors.ts";
import { counted } from "../model/counted.ts";
import { lockState, StateInUse } from "../state/lock.ts";
import { agoOption } from "./ago-option.ts";
import { type Command, Exit, type Terminal } from "./command.ts";
import { configOption, givenConfig } from "./config-option.ts";
import { logOf } from "./log-of.ts";
import { exitAfter } from "./misp-exit.ts";

export const catchUpCommand: Command = {
  usage: "catch-up [--since 7d] [--config FILE]",
  summary: "Compare the ledger with MISP now; with --since, read everything again that changed in that time.",
  options: { ...configOption, since: { type: "string" } },
  words: [0, 0],
  async run(given, terminal) {
    const config = givenConfig(given, terminal.environment);
    const ago = agoOption(given, "since", "7d", terminal.clock());
    if (config.role === "forwarder") return readAgain(resolvePath(config, config.state), terminal);
    const since = ago === undefined ? undefined : Math.floor(ago / 1000);
    const state = resolvePath(config, config.state);
    try {
      using _lock = lockState(state);
      return await catchUpHere(config, state, since, terminal);
    } catch (error) {
      if (!(error instanceof StateInUse)) throw error;
      Requests.leave(join(state, LEDGER_FILE), "catch-up", String(since ?? ""));
      terminal.out("The running courier has been asked to catch up; its log and `status` tell how it went.");
      return Exit.ok;
    }
  },
};

/** A forwarder's topic can only be read by the forwarder. */
function readAgain(state: string, terminal: Terminal): number {
  const file = join(state, LEDGER_FILE);
  demandLedger(file);
  Requests.leave(file, "catch-up", "");
  terminal.out(
    "The forwarder has been asked to read its topic again from the beginning; it does so as soon as it runs.",
  );
  return Exit.ok;
}

async function catchUpHere(
  config: CourierConfig,
  state: string,
  since: number | undefined,
  terminal: Terminal,
): Promise<number> {
  const { clock, signal, out, err } = terminal;
  const log = logOf(config);
  using ledger = openLedger(config, join(state, LEDGER_FILE), clock);
  const intake = new Intake({ ledger, log, signal, clock, saved: () => {}, asks: () => {} });
  const client = new MispClient(config.misp);
  const progress = terminal.progress ? drawn(terminal.progress) : undefined;
  try {
    const answer = intake.answers.bind(intake);
    const caught = await catchUp({ config, client, ledger, log, signal, clock, answer, progress }, since);
    terminal.progress?.("");
    out(summary(caught));
    return Exit.ok;
  } catch (error) {
    terminal.progress?.("");
    if (!(error instanceof MispError)) throw error;
    err(`${error.message}. What was read until then is kept; nothing was removed because of it.`);
    return exitAfter(error);
  }
}

function summary({ loaded, changedEvents, vanishedEvents, sightings, milliseconds }: Caught): string {
  const read = `${counted(loaded, "attribute")} loaded, ${counted(changedEvents, "event")} read again`;
  const more = `${vanishedEvents} gone, ${counted(sightings, "sighting")}`;
  return `In step with MISP after ${(milliseconds / 1000).toFixed(1)} s: ${read}, ${more}. Deliveries go out when the courier runs.`;
}

const WIDTH = 30;

function drawn(draw: (line: string) => void): (progress: Progress) => void {
  return ({ phase, done, total }) => {
    if (total === undefined) return draw(`${phase}: ${done}`);
    const filled = Math.round((done / Math.max(1, total)) * WIDTH);
    draw(`${phase} [${"#".repeat(filled)}${" ".repeat(WIDTH - filled)}] ${done}/${total}`);
  };
}
