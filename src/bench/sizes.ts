/** How much of everything is measured. */
export interface Sizes {
  /** Floods: pairs of a bare reader and the courier, messages of each, keys where they repeat. */
  flood: { pairs: number; messages: number; keys: number };
  /** Indicators in the ledger that floods with new keys, and a dead target, meet. */
  ledger: number;
  /** Messages a second for so many seconds, and messages at once. */
  loss: { rate: number; seconds: number; burst: number };
  /** Indicators held, thumbs-down given, other messages a second, seconds of watching an idle courier. */
  thumb: { held: number; thumbs: number; load: number; idle: number };
  /** Attributes that MISP has at the first start; up to three sizes. */
  firstLoads: readonly number[];
  /** Changes that pass while the target is dead. */
  deadChanges: number;
  /** Sizes of ledgers, up to three, in which single attributes are changed: so many in each round. */
  change: { ledgers: readonly number[]; rounds: number; changes: number };
  /** Events at once; single events, alone and each right behind so many others. */
  curation: { events: number; singles: number; ahead: number };
  /** How long it has to be quiet before nothing more is expected, milliseconds. */
  calm: number;
}

/** What a run without options measures; on two cores that nobody else uses it takes a quarter of an hour. */
export const FULL: Sizes = {
  flood: { pairs: 5, messages: 60_000, keys: 18_000 },
  ledger: 1_000_000,
  loss: { rate: 20_000, seconds: 3, burst: 50_000 },
  thumb: { held: 100_000, thumbs: 100, load: 500, idle: 10 },
  firstLoads: [10_000, 100_000, 1_000_000],
  deadChanges: 1_000_000,
  change: { ledgers: [10_000, 1_000_000], rounds: 5, changes: 400 },
  curation: { events: 500, singles: 50, ahead: 20 },
  calm: 1_500,
};

/** `--quick`: enough to see that everything works; the figures mean little. */
export const QUICK: Sizes = {
  flood: { pairs: 2, messages: 10_000, keys: 3_000 },
  ledger: 30_000,
  loss: { rate: 5_000, seconds: 1, burst: 10_000 },
  thumb: { held: 5_000, thumbs: 20, load: 200, idle: 2 },
  firstLoads: [1_000, 10_000],
  deadChanges: 20_000,
  change: { ledgers: [1_000, 30_000], rounds: 3, changes: 100 },
  curation: { events: 50, singles: 10, ahead: 20 },
  calm: 1_000,
};

/** The same with one more ledger to change single attributes in. */
export function withLedger({ change, ...others }: Sizes, size: number): Sizes {
  return { ...others, change: { ...change, ledgers: [...change.ledgers, size] } };
}
