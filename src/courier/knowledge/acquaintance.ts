import { setTimeout as pause } from "node:timers/promises";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Logger } from "../../log.ts";
import { organisationOf } from "../../misp/bodies.ts";
import type { MispClient } from "../../misp/client.ts";
import type { Notice } from "../../model/notice.ts";

export interface AcquaintanceOptions {
  client: MispClient;
  ledger: Ledger;
  log: Logger;
  signal: AbortSignal;
  answer: (notices: Notice[]) => Promise<void>;
  /** It is known now who these organisations are. */
  acquainted: (organisations: readonly number[]) => void;
}

/** How long others may turn up before MISP is asked, and at least how long between two questions, milliseconds. */
const GATHER = 500;
const REST = 60_000;

/** Learns who is behind the number that a sighting bears, which is all that the feed says of its writer. */
export class Acquaintance {
  readonly #options: AcquaintanceOptions;
  readonly #strangers = new Set<number>();
  /** Asked for in vain: organisations that the key may not see. */
  readonly #hidden = new Set<number>();
  #asking = false;

  constructor(options: AcquaintanceOptions) {
    this.#options = options;
  }

  heard(notices: readonly Notice[]): void {
    const { ledger, signal } = this.#options;
    for (const notice of notices) {
      const id = notice.kind === "sighting" ? notice.sighting.organisationId : 0;
      if (id > 0 && !this.#hidden.has(id) && !ledger.knowsOrganisation(id)) this.#strangers.add(id);
    }
    if (this.#strangers.size > 0 && !this.#asking && !signal.aborted) void this.#ask();
  }

  async #ask(): Promise<void> {
    const { client, ledger, signal, log, answer, acquainted } = this.#options;
    this.#asking = true;
    try {
      await pause(GATHER, undefined, { signal });
      const strangers = [...this.#strangers];
      this.#strangers.clear();
      const organisations = (await client.organisations(signal)).map(organisationOf);
      await answer(organisations.map((organisation) => ({ kind: "organisation", organisation })));
      const known = strangers.filter((id) => ledger.knowsOrganisation(id));
      for (const id of strangers) if (!known.includes(id)) this.#hidden.add(id);
      if (known.length > 0) acquainted(known);
    } catch (error) {
      if (!signal.aborted)
        log.warn("MISP does not say who gave a sighting; it counts as one of an organisation not trusted", { error });
    }
    await pause(REST, undefined, { signal }).catch(() => undefined);
    this.#asking = false;
    this.heard([]);
  }
}
