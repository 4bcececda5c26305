import { feedOf } from "../config/feed.ts";
import { type BlindSpell, repairWords } from "../ledger/blind-spells.ts";
import { MOST_BEHIND, type Pulse } from "../ledger/report/pulse.ts";
import type { Indicator } from "../model/indicator.ts";
import { REASONS, type Reason } from "../model/verdict.ts";
import { isFresh, isSaved } from "./health.ts";
import type { ListOverview } from "./lists.ts";
import type { Sources } from "./sources.ts";

/** How things stand, as the page shows it. Times are milliseconds; texts of MISP and of far sides are hostile. */
export interface Situation {
  /** `name`: what is listened to. */
  feed: { name: "MISP" | "The topic"; cause: string | null; since: number | null; saved: boolean };
  caughtUp: number;
  /** That was not too long ago. */
  fresh: boolean;
  active: number;
  attributes: number;
  events: number;
  withheld: { reason: string; count: number }[];
  targets: TargetSituation[];
  lists: ListOverview[];
  /** `repaired`: what the catch-up after it brought. */
  spells: { since: number; until: number | null; cause: string; repaired: string | null }[];
  /** What guards hold until a person decides, and whether that can be done from the page. */
  held: {
    target: string;
    kind: "add" | "remove";
    count: number;
    since: number;
    reason: string;
    samples: Indicator[];
  }[];
  decides: boolean;
  /** What waits for a person: refused by a target for good. */
  waiting: { kind: "parked"; target: string; type: string; value: string; reason: string; at: number }[];
}

interface TargetSituation {
  name: string;
  type: string;
  enabled: boolean;
  /** All that it holds is taken off. */
  retire: boolean;
  held: number;
  /** How much of that it may not hold, as a delivery failed half-way. */
  doubtful: number;
  /** What its guard holds until a person decides. */
  heldBack: number;
  behind: number;
  /** At least that: further is not counted. */
  beyond: boolean;
  parked: number;
  attempts: number;
  nextAttempt: number | null;
  lastError: string | null;
}

/** More of what waits than this is a matter for the command line. */
const WAITING = 30;

/** Looks at everything that the page shows beside the stream. */
export async function situationOf(sources: Sources, pulse: Pulse, lists: ListOverview[]): Promise<Situation> {
  const { active, attributes, events, withheld, targets: counted } = sources.counts.summary;
  const journal = await sources.journal();
  const blind = pulse.spells.find(({ until }) => until === null);
  const { holds } = sources.counts;
  const targets = Object.entries(sources.config.targets).map(([name, { type, enabled, retire }]) => {
    const { parked = [], attempts = 0, nextAttempt = null, lastError = null } = journal.targets[name] ?? {};
    const { held = 0, doubtful = 0 } = counted.find((target) => target.name === name) ?? {};
    const heldBack = holds.reduce((sum, { target, count }) => sum + (target === name ? count : 0), 0);
    const behind = enabled ? (pulse.behind.get(name) ?? 0) : 0;
    const beyond = behind >= MOST_BEHIND;
    // Of what is under way a moment tells nothing.
    const amounts = { held, doubtful: attempts > 0 ? doubtful : 0, heldBack, behind, beyond, parked: parked.length };
    return { name, type, enabled, retire, ...amounts, attempts, nextAttempt, lastError };
  });
  const waiting = sources.targets.flatMap((target) =>
    (journal.targets[target]?.parked ?? []).map(({ type, value, reason, at }) => {
      return { kind: "parked" as const, target, type, value, reason, at };
    }),
  );
  return {
    feed: {
      name: feedOf(sources.config) === "topic" ? "The topic" : "MISP",
      cause: blind?.cause ?? null,
      since: blind?.since ?? null,
      saved: sources.hasState && isSaved(pulse, sources.config, sources.clock()),
    },
    caughtUp: pulse.caughtUp,
    fresh: isFresh(pulse.caughtUp, sources.config, sources.clock()),
    active,
    attributes,
    events,
    withheld: Object.entries(withheld).map(([reason, count]) => ({ reason: REASONS[reason as Reason], count })),
    targets,
    lists,
    spells: pulse.spells.map(spellOf),
    held: holds,
    decides: sources.config.http.token !== undefined,
    waiting: waiting.toSorted((one, other) => other.at - one.at).slice(0, WAITING),
  };
}

function spellOf({ since, until, cause, repaired }: BlindSpell): Situation["spells"][number] {
  return { since, until, cause, repaired: repaired && repairWords(repaired) };
}
