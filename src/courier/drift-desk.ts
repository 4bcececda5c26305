import type { Audits } from "../delivery/audits.ts";
import type { Drift } from "../delivery/drift.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Logger } from "../log.ts";
import { NotNow } from "../targets/target.ts";

/** What the command `drift` asks of the running courier. */
export interface DriftRequest {
  target: string;
  /** Also takes off what is there and is not to be there, and sends again what was lost. */
  repair: boolean;
  /** By which the command knows its answer. */
  ticket: string;
}

/** What it gets: how the target differs, why it cannot be read now, or that it never can be. */
export interface DriftAnswer {
  ticket: string;
  drift?: Drift;
  problem?: string;
  readable?: false;
}

/** The fact that holds the answer to the last request. */
export const DRIFT_ANSWER = "drift-answer";

interface DriftDesk {
  audits: Audits;
  ledger: Ledger;
  log: Logger;
  /** Of the line that is to answer. */
  signal: AbortSignal;
  /** Deliveries have begun: before, nobody can say what a target is to hold. */
  begun: boolean;
}

/** Answers a request of the command, in the ledger, where the command looks for it. */
export async function answerDrift(asked: string, { audits, ledger, log, signal, begun }: DriftDesk): Promise<void> {
  const { target, repair, ticket } = JSON.parse(asked) as DriftRequest;
  const answer: DriftAnswer = { ticket };
  try {
    if (!begun) throw new NotNow("the courier does not know yet what it is to hold");
    if (audits.reads(target)) answer.drift = await audits.audit(target, repair ? "all" : "nothing");
    else answer.readable = false;
  } catch (error) {
    // Once it is laid anew, as after a change of the configuration, the line finds the request again.
    if (signal.aborted) return ledger.requests.postpone("drift", asked);
    if (!(error instanceof NotNow)) log.error("Reading a target back failed unexpectedly", { target, error });
    answer.problem = error instanceof Error ? error.message : String(error);
  }
  ledger.apply([], { facts: { [DRIFT_ANSWER]: JSON.stringify(answer) } });
}

/** The last audit of each target, kept in the ledger. */
export function driftsIn(ledger: Ledger) {
  return {
    recall: (target: string): Drift | undefined => {
      const saved = ledger.fact(factOf(target));
      return saved === undefined ? undefined : (JSON.parse(saved) as Drift);
    },
    remember: (drift: Drift): void => {
      ledger.apply([], { facts: { [factOf(drift.target)]: JSON.stringify(drift) } });
    },
  };
}

function factOf(target: string): string {
  return `drift:${target}`;
}
