import { feedOf } from "../config/feed.ts";
import type { Config } from "../config/schema.ts";
import type { Pulse } from "../ledger/report/pulse.ts";
import type { Sources } from "./sources.ts";

/** How a courier is: the body of `/healthz`. */
export interface Health {
  healthy: boolean;
  /** In a sentence each, what is wrong. */
  complaints: string[];
  feed: { heard: boolean; lastHeard: string | null };
  catchUp: { fresh: boolean; last: string | null };
  targets: Record<string, "in step" | "behind" | "failing">;
}

/** A catch-up may take as long as it is apart from the next, and a few minutes more, milliseconds. */
const GRACE = 5 * 60_000;
/** After so many failures in a row a target counts as down: the third opens its circuit. */
const FAILURES = 3;

/** MISP's publisher speaks after ten seconds without any message, and what it says is saved at once; milliseconds. */
const UNSAVED = 60_000;

/** Whether the feed is heard and saved, the last catch-up is fresh, and no target is down. */
export async function healthOf(sources: Sources): Promise<Health> {
  const { config, clock, targets } = sources;
  const pulse = sources.pulse.look();
  const { heardAt, caughtUp, spells, behind } = pulse;
  const journal = await sources.journal();
  const attempts = (name: string) => journal.targets[name]?.attempts ?? 0;
  const blind = spells.find(({ until }) => until === null);
  const fresh = isFresh(caughtUp, config, clock());
  const down = targets.filter((name) => attempts(name) >= FAILURES);
  const complaints = [
    ...(blind ? [`the feed is not heard: ${blind.cause}`] : []),
    ...(sources.hasState ? [] : ["the state folder was taken away: the next start knows nothing of it"]),
    ...(isSaved(pulse, config, clock()) ? [] : ["what the feed says is not saved"]),
    ...(fresh ? [] : [caughtUp === 0 ? "the first catch-up is not done" : "the last catch-up is too long ago"]),
    ...down.map((name) => `target ${name} fails`),
  ];
  const stateOf = (name: string) => (attempts(name) > 0 ? "failing" : behind.get(name) ? "behind" : "in step");
  return {
    healthy: complaints.length === 0,
    complaints,
    feed: { heard: !blind, lastHeard: isoOrNull(heardAt) },
    catchUp: { fresh, last: isoOrNull(caughtUp) },
    targets: Object.fromEntries(targets.map((name) => [name, stateOf(name)])),
  };
}

/** Whether a catch-up that began then is not too long ago; all times are milliseconds. */
export function isFresh(caughtUp: number, config: Config, now: number): boolean {
  const every = config.role === "courier" ? config.misp.catch_up.every : 0;
  return caughtUp > 0 && now - caughtUp < 2 * every * 1000 + GRACE;
}

/** Whether what is heard gets into the ledger, as it does not on a full disk; who is not heard, or may be silent, tells nothing of that. */
export function isSaved({ heardAt, spells }: Pulse, config: Config, now: number): boolean {
  if (feedOf(config) !== "zeromq") return true;
  return now - Math.max(heardAt, ...spells.map(({ until }) => until ?? now)) < UNSAVED;
}

function isoOrNull(milliseconds: number): string | null {
  return milliseconds === 0 ? null : new Date(milliseconds).toISOString();
}
