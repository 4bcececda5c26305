import { conditionsOf, type Facts } from "../alerts/conditions.ts";
import { defang, shortened } from "../alerts/defang.ts";
import type { Desk } from "../alerts/telegram-commands.ts";
import { enabledTargets } from "../config/enabled-targets.ts";
import type { Config } from "../config/schema.ts";
import type { Journal } from "../delivery/journal.ts";
import { CAUGHT_UP } from "../ledger/facts.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { LedgerReport } from "../ledger/report/report.ts";
import { counted } from "../model/counted.ts";
import { isoTime } from "../model/iso-time.ts";
import { REASONS } from "../model/verdict.ts";
import { type Explanation, explainValue } from "./explanation.ts";
import type { Protections } from "./knowledge/protections.ts";

export interface DeskSources {
  config: Config;
  ledger: Ledger;
  ledgerFile: string;
  journal: Journal;
  protections: Pick<Protections, "of">;
  facts: () => Promise<Facts>;
  /** Milliseconds. */
  clock: () => number;
}

/** How many indicators one answer shows. */
const SHOWN = 5;

/** Answers what people ask in the chat, from what costs little to look up. */
export function alertDesk(sources: DeskSources): Desk {
  const { config, ledger, ledgerFile, journal, protections, facts, clock } = sources;
  return {
    async status() {
      const known = await facts();
      const troubles = conditionsOf(known).map(({ sentence }) => `⚠ ${sentence}.`);
      const feed = known.blind ? "The feed is not heard." : "The feed is heard.";
      const caughtUp = Number(ledger.fact(CAUGHT_UP) ?? 0);
      const whom = config.role === "forwarder" ? "the topic" : "MISP";
      const last = `Last caught up with ${whom} ${caughtUp === 0 ? "never" : isoTime(caughtUp)}.`;
      return [...(troubles.length > 0 ? troubles : ["Nothing is wrong."]), feed, last, ...targetLines(sources)].join(
        "\n",
      );
    },
    async explain(value) {
      using report = new LedgerReport(ledgerFile);
      const targets = Object.keys(config.targets);
      const { knowledge } = ledger;
      const known = { config, ledger: report, journal, protections, knowledge, targets, now: clock() };
      return explained(await explainValue(value, known));
    },
    async held() {
      const { held } = await facts();
      const lines = held.map(({ target, reason }) => `${target}: ${shortened(defang(reason), 300)}`);
      return lines.length > 0 ? lines.join("\n") : "No change waits for a person.";
    },
  };
}

function targetLines({ config, ledger, journal }: DeskSources): string[] {
  const enabled = enabledTargets(config);
  return enabled.map(([name]) => {
    const attempts = journal.targets[name]?.attempts ?? 0;
    const { deltas } = ledger;
    const lag = deltas.lag(name) + deltas.holds.again(deltas.idOf(name));
    if (attempts > 0) return `${name}: failing, ${counted(attempts, "attempt")}`;
    return `${name}: ${lag === 0 ? "in step" : `${counted(lag, "change")} behind`}`;
  });
}

function explainedTarget(target: Explanation["indicators"][number]["targets"][number]): string {
  const { name, enabled, held, doubtful, wanted, withheld } = target;
  const state = doubtful ? "may hold it" : held ? "holds it" : "does not hold it";
  if (!enabled) return `${name}: ${state}, is switched off`;
  const wish = wanted ? "is to hold it" : `is not to hold it: ${withheld ? REASONS[withheld] : ""}`;
  return `${name}: ${state}, ${wish}`;
}

function explained({ value, indicators }: Explanation): string {
  if (indicators.length === 0) return `Nothing is known of ${shortened(defang(value), 200)}.`;
  const parts = indicators.slice(0, SHOWN).map(({ type, value, withheld, score, supports, targets }) => {
    const standing = withheld === null ? "active" : `withheld: ${REASONS[withheld]}`;
    const first = supports.find((support) => support.withheld === null) ?? supports[0];
    return [
      `${type} ${shortened(defang(value), 200)}: ${standing}, score ${score}`,
      ...(first
        ? [
            `held up by ${supports.length}, such as ${shortened(defang(first.organisation), 80)}, event ${first.eventId}`,
          ]
        : []),
      ...targets.map(explainedTarget),
    ].join("\n");
  });
  const more = indicators.length - parts.length;
  return [...parts, ...(more > 0 ? [`… and ${more} more`] : [])].join("\n\n");
}
