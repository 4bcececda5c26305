import type { Sizes } from "./sizes.ts";

// What several figures of the catalogue say of themselves: how they were taken, in what, and what the peers did.

export const count = (number: number) => number.toLocaleString("en-US");

export const flooded = ({ flood: { pairs, messages } }: Sizes) =>
  `${count(messages)} attribute messages of 0.7 to 1.5 kB from a publisher process; median of ${pairs} interleaved pairs`;
export const repeated = (sizes: Sizes) =>
  `${flooded(sizes)}; ${count(sizes.flood.keys)} new ones, and then the same messages again and again`;
export const edited = (sizes: Sizes) =>
  `${flooded(sizes)}; ${count(sizes.flood.keys)} keys in no order, each message with another comment`;
export const fresh = (sizes: Sizes) => `${flooded(sizes)}; every key new, ledger of ${count(sizes.ledger)}`;

type How = (sizes: Sizes) => string;

/** What the figures of one flood have in common with those of the others. */
export const flood = {
  ratio: (how: How) => ({
    unit: "ratio",
    how: (sizes: Sizes) => `${how(sizes)}; saved and judged against received and parsed (zeromq, JSON.parse)`,
  }),
  rate: (how: How) => ({ unit: "messages/s", peer: "Threat Bus 739", how }),
  cpu: (how: How) => ({
    unit: "µs/message",
    target: "≤ 60",
    peer: "Threat Bus 1,230",
    how: (sizes: Sizes) => `${how(sizes)}; all threads, until the lists hold everything`,
  }),
};

export const thumb = { unit: "ms", peer: "MISP-Broker 1,000 to 2,500, once 16,000" } as const;
export const thumbs = ({ thumb: { held, thumbs } }: Sizes) =>
  `from the sighting in MISP until the value is out of the file; ${count(thumbs)} thumbs-down, ${count(held)} indicators held`;
export const busy = (sizes: Sizes) =>
  `${thumbs(sizes)}, while ${sizes.thumb.load} new indicators a second reach the lists`;
export const load = (size: number | undefined) =>
  `from the start of the process until ${count(size ?? 0)} indicators are on the lists; stand-in MISP, shipped TTLs`;
export const changed = (size: number | undefined) =>
  `one attribute edited, its indicator taken off or back on, in a ledger of ${count(size ?? 0)}: save, judge, delta, record; without the file`;

export const curated = "stand-in MISP that answers at once, 20 attributes an event";
