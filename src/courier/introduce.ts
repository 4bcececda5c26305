import { setTimeout as pause } from "node:timers/promises";
import type { Logger } from "../log.ts";
import { organisationOf } from "../misp/bodies.ts";
import type { MispClient } from "../misp/client.ts";
import type { Json } from "../misp/coerce.ts";
import { MispError } from "../misp/errors.ts";
import { type Probe, probe } from "../misp/probe.ts";
import type { Organisation } from "../model/misp.ts";
import type { Notice } from "../model/notice.ts";

export interface IntroduceOptions {
  client: MispClient;
  signal: AbortSignal;
  log: Logger;
  answer: (notices: Notice[]) => Promise<void>;
  /** MISP says who the key belongs to and what it may do. */
  introduced: (probe: Probe) => void;
  /** What is missing for what the configuration asks, each with its cure. */
  findings: (probe: Probe) => Promise<string[]>;
  /** MISP does not answer all of it for now. */
  delayed: (error: unknown) => void;
  /** Told what was found. */
  found: (findings: readonly string[]) => void;
}

/** How long to wait before a MISP that does not answer, or refuses the key, is asked again, milliseconds. */
const AGAIN = { unreachable: 10_000, refused: 300_000 };

/** Asks MISP who it is, what the key may do and which organisations there are, until it answers. */
export async function introduce(options: IntroduceOptions): Promise<void> {
  const { client, signal, log, answer, introduced } = options;
  while (!signal.aborted) {
    try {
      const answered = await probe(client, signal);
      log.info("MISP answers", { version: answered.version, role: answered.role, organisation: answered.organisation });
      const findings = await options.findings(answered);
      for (const finding of findings) log.warn(finding);
      options.found(findings);
      const organisations = await client.organisations(signal).then(readable, noneForbidden);
      await answer(organisations.map((organisation) => ({ kind: "organisation", organisation })));
      return introduced(answered);
    } catch (error) {
      if (signal.aborted) return;
      options.delayed(error);
      const facts = error instanceof MispError ? { reason: error.message } : { error };
      log.error("MISP cannot be asked; until it can, removals are heard and additions wait", facts);
      const refused = error instanceof MispError && ["key", "forbidden"].includes(error.meaning);
      await pause(refused ? AGAIN.refused : AGAIN.unreachable, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** One that cannot be read must not keep the others from being known. */
function readable(rows: readonly Json[]): Organisation[] {
  return rows.flatMap((body) => {
    try {
      return [organisationOf(body)];
    } catch {
      return [];
    }
  });
}

/** MISP may keep their list to itself, which the findings tell; that keeps nobody from all else. */
function noneForbidden(error: unknown): Organisation[] {
  if (error instanceof MispError && error.meaning === "forbidden") return [];
  throw error;
}
