import type { z } from "zod";
import type { Delta, Entry, Refusal } from "../model/delta.ts";
import type { Indicator } from "../model/indicator.ts";
import type { SensorSighting } from "../model/sensed.ts";

/**
 * A system that receives indicators. It tries once and says what happened; waiting, backing off and giving up belong to
 * delivery. Applying the same delta twice leaves it as applying it once; removing what it does not hold succeeds.
 */
export interface Target {
  /**
   * Makes ready what somebody else may be in the way of, such as an address of this machine; left out where there is no such
   * thing. Called until it succeeds, before the first delta and whether or not there is one.
   * @throws NotNow when it cannot be had at the moment
   */
  prepare?(signal?: AbortSignal): Promise<void>;
  /**
   * Of which types the far side lacks even the place, so that it holds nothing of them: of these, and of any others that it has
   * been seen to have; or `everything`. Asked once a start, after what is new, and before each delta; left out where that is no cheap question.
   * @throws NotNow when it cannot be told at the moment
   */
  bare?(types: Iterable<string>, signal: AbortSignal): Promise<readonly string[] | "everything">;
  /**
   * Brings the far side up by one delta.
   * @returns the items that it will never take; everything else is held (or gone) when the promise resolves
   * @throws NotNow when the far side cannot take anything at the moment
   * @throws Refused when it refuses the delta as a whole without naming the items at fault
   * @throws anything else: a bug, told apart in the log
   */
  apply(delta: Delta, signal: AbortSignal): Promise<readonly Refusal[]>;
  /**
   * Reads back what the far side holds, a page at a time, in no particular order; left out where it cannot be read.
   * @throws NotNow when it cannot be read at the moment, or not to the end
   */
  list?(signal: AbortSignal): AsyncIterable<readonly Found[]>;
  /**
   * The name under which the far side knows an indicator, as an indicator; those of one name are one there. Left out where
   * that is the indicator itself.
   */
  alias?(indicator: Indicator): Indicator;
  close?(): Promise<void>;
}

/** One thing that the far side holds in the places that the courier fills. */
export interface Found {
  /** `null`: not the courier's, never to be touched. */
  indicator: Indicator | null;
  /** Somebody else put it there: it will do where it is to be there, and is never to be touched where it is not. */
  foreign?: boolean;
  /** What a person finds it by at the far side. */
  label: string;
  /** What it shows, as the kind's `shows` would say of the entry; `null` where that cannot be told. */
  shows: string | null;
}

/** The far side cannot take anything now; what was sent may or may not have taken effect. */
export class NotNow extends Error {
  override readonly name: string = "NotNow";
  /** How long the far side asked us to wait, milliseconds. */
  readonly wait: number | undefined;
  constructor(message: string, options: { wait?: number | undefined; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.wait = options.wait;
  }
}

/** No answer came in time: with fewer items one may come. */
export class TooSlow extends NotNow {}

/** Some of it was done, all that could be; the rest cannot be taken now, however few items come with it. */
export class Partly extends NotNow {}

/** The far side refuses this delta and does not say which item is at fault: delivery halves it until it knows. */
export class Refused extends Error {
  override readonly name = "Refused";
}

/** What a target needs to know beside its own settings. */
export interface TargetContext {
  name: string;
  /** Turns a path from the configuration into an absolute one. */
  resolve(path: string): string;
  /** The courier's state directory, absolute, for kinds whose far side is the courier itself. */
  state: string;
  /** Unix milliseconds. */
  clock: () => number;
  /** Takes what the far side's users say that they saw; missing where nobody wants to know. */
  sightings?: SightingBox | undefined;
}

/** Where sightings wait for MISP. */
export interface SightingBox {
  /** Takes them, on disk when it returns; false when it cannot take any now. */
  take(sightings: readonly SensorSighting[]): boolean;
  /** Something came that is not taken for a sighting; `reason` is ours, without anybody's text. */
  refuse(reason: string): void;
}

/** A kind of target: its settings and how to open one. Its key in the registry is the `type:` of the configuration. */
export interface TargetKind<Settings = unknown> {
  /** One sentence for the reference documentation. */
  summary: string;
  settings: z.ZodType<Settings>;
  /** Fills in what the settings leave to the name of what the courier follows, as the host of its MISP. */
  named?(settings: Settings, origin: string): Settings;
  /** How many items one delta holds at the most, unless `batch` says otherwise. */
  batch: number;
  /** Most items in a second, unless `rate` says otherwise: what the far side digests when it comes back after hours. */
  rate?: number;
  /**
   * Which far side the settings name: another one begins empty, whatever the former held. It may not hold secrets, and
   * should leave out what only changes how the same far side is reached.
   */
  place(settings: Settings): string;
  /**
   * True where neither the far side nor what is kept of it here knows the target by its name: one that is renamed finds there what it
   * has left.
   */
  nameless?: boolean;
  /**
   * What the far side is made to hold just what is delivered to, whoever else fills it, however that is reached and laid out: two
   * targets with a type in common may not have the same. Left out where there is no such thing.
   */
  fills?(settings: Settings): string;
  /** What no two targets may use, nor one of them twice: `place` tells it from others, `words` are for a person. */
  sole?(settings: Settings): { place: string; words: string }[];
  /** True for layouts that also take composite types as such (`domain|ip`, value `a|b`). */
  composites(settings: Settings): boolean;
  /** What of an entry the far side shows: a change of it is a `renew`. The empty string where nothing but the value is shown. */
  shows(settings: Settings): (entry: Entry) => string;
  /** True when `shows` or `apply` read an entry's origins. */
  origins(settings: Settings): boolean;
  /** Makes ready what is on this machine; a far side that is reached over the network waits for the first `apply`. */
  open(settings: Settings, context: TargetContext): Promise<Target>;
}

/** Ties a kind's settings to its code, so that neither needs a cast. */
export function defineTarget<Settings>(kind: TargetKind<Settings>): TargetKind<Settings> {
  return kind;
}
