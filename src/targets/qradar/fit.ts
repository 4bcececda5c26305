import ipaddr from "ipaddr.js";
import type { Indicator } from "../../model/indicator.ts";
import { Partly } from "../target.ts";
import type { Unwanted } from "./api.ts";
import type { Reply } from "./client.ts";
import type { ReferenceSet } from "./sets.ts";

/** What sets take whose elements are no text. */
const TAKES: Readonly<Record<string, (value: string) => boolean>> = {
  IP: (value) => ipaddr.IPv4.isValidFourPartDecimal(value),
  CIDR: (value) => ipaddr.isValidCIDR(value),
  NUM: (value) => /^\d+$/.test(value),
  PORT: (value) => /^\d{1,5}$/.test(value),
  DATE: () => false,
};

/**
 * What of one delta finds sets that were there before, for elements of another kind, or that the console does not make, and what it
 * does not remove. That waits until somebody makes room; all else goes on, for a thumbs-down must not wait for a set that it has nothing to do with.
 */
export class Misfits {
  #words: string | undefined;

  /** Those that a set takes whose elements are of the kind `found`. */
  without(hold: readonly Indicator[], { name, element }: ReferenceSet, found: unknown): readonly Indicator[] {
    const takes = found === element || typeof found !== "string" ? undefined : TAKES[found];
    const fit = takes ? hold.filter(({ value }) => takes(value)) : hold;
    if (fit.length < hold.length) {
      this.#words ??= `the set ${name} is there already, for elements of type ${found}: remove it or choose another prefix`;
    }
    return fit;
  }

  /** A set is not there, and the console refuses to make it: why it never will, or nothing where that waits. */
  unmade({ name, element }: ReferenceSet, { status, problem }: Reply): string | undefined {
    const said = problem?.message || status;
    if (element === "CIDR" && status === 422) return `the console has no sets of networks: ${said}`;
    this.#words ??= `the console does not make the set ${name}: ${said}`;
    return undefined;
  }

  /** Something else waits, and nothing for it. */
  wait(words: string): void {
    this.#words ??= words;
  }

  /** @throws Partly when there was any */
  tell(): void {
    if (this.#words !== undefined) throw new Partly(this.#words);
  }
}

/** Those for which there is no set: refused for good where there is a reason for it, else they wait. */
export function unplaced(hold: readonly Indicator[], reason: string | undefined): Unwanted[] {
  return reason === undefined ? [] : hold.map((indicator) => ({ indicator, reason }));
}
