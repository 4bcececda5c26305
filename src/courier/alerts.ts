import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { type AlertSettings, openAlerting } from "../alerts/alerting.ts";
import type { Facts } from "../alerts/conditions.ts";
import { Outbox } from "../alerts/outbox.ts";
import { enabledTargets } from "../config/enabled-targets.ts";
import { feedOf } from "../config/feed.ts";
import { resolvePath } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { secretsOf } from "../config/secrets.ts";
import type { Journal } from "../delivery/journal.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { type Logger, redactor } from "../log.ts";
import type { MispClient } from "../misp/client.ts";
import { alertDesk } from "./alert-desk.ts";
import type { CatchUpLoop } from "./catch-up/loop.ts";
import type { Vigil } from "./intake/vigil.ts";
import type { Protections } from "./knowledge/protections.ts";

export interface AlertSources {
  config: Config;
  /** The state directory. */
  state: string;
  ledger: Ledger;
  /** The ledger's file, which answers to questions are read from. */
  ledgerFile: string;
  journal: Journal;
  protections: Protections;
  /** Of a forwarder there is none. */
  client?: Pick<MispClient, "keyExpires"> | undefined;
  vigil: Pick<Vigil, "blindSince">;
  catching: Pick<CatchUpLoop, "failing">;
  log: Logger;
  /** Milliseconds. */
  clock: () => number;
}

const OUTBOX_FILE = "alerts.json";

/** Tells people what goes wrong, if the configuration says how. */
export async function attendAlerts(sources: AlertSources): Promise<AsyncDisposable> {
  const { config, state, log, clock } = sources;
  if (!config.alerts.telegram && !config.alerts.webhook) return { [Symbol.asyncDispose]: () => Promise.resolve() };
  const facts = () => factsOf(sources);
  return openAlerting({
    settings: { ...config.alerts, webhook: located(config) },
    facts,
    outbox: await Outbox.open(join(state, OUTBOX_FILE)),
    warn: log.warn,
    clock,
    desk: alertDesk({ ...sources, facts }),
  });
}

/** The webhook with the absolute path of the certificates that it is trusted by. */
function located(config: Config): AlertSettings["webhook"] {
  const { webhook } = config.alerts;
  return webhook && { ...webhook, ca_file: webhook.ca_file && resolvePath(config, webhook.ca_file) };
}

async function factsOf(sources: AlertSources): Promise<Facts> {
  const { config, state, journal, client, vigil, catching, clock, ledger } = sources;
  const hide = redactor(secretsOf(config));
  const { failing } = catching;
  // Of a target that is fed no longer nobody has to decide anything.
  const enabled = enabledTargets(config).map(([name]) => name);
  return {
    now: clock(),
    feed: feedOf(config),
    blind: vigil.blindSince,
    keyExpires: client?.keyExpires ?? null,
    catchUp: failing && { ...failing, error: hide(failing.error) },
    failing: enabled.flatMap((target) => {
      const { failingSince: since, attempts, lastError } = journal.targets[target] ?? NEVER_TRIED;
      return since === null ? [] : [{ target, since, attempts, error: hide(lastError ?? "") }];
    }),
    held: ledger.deltas.holds.reasons().filter(({ target }) => enabled.includes(target)),
    disk: await diskOf(state),
  };
}

const NEVER_TRIED = { failingSince: null, attempts: 0, lastError: null };

async function diskOf(directory: string): Promise<Facts["disk"]> {
  const { bavail, blocks, bsize } = await statfs(directory);
  return { free: bavail * bsize, total: blocks * bsize };
}
