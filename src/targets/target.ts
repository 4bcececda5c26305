import type { z } from "zod";
import type { Delta, Entry, Refusal } from "../model/delta.ts";
import type { Indicator } from "../model/indicator.ts";
import type { SensorSighting } from "../model/sensed.ts";

/**
 * A system that receives indicators. It tries once and says what happened; waiting, backing off and giving up belong to
 * delivery. Applying a delta twice has the same effect as once, and removing what is not held succeeds.
 */
export interface Target {
  /**
   * Gets what another program may hold at the moment, such as a port or a directory of this machine; optional. Called until it
   * succeeds, before the first delta and even if there is none.
   * @throws NotNow while it cannot be had
   */
  prepare?(signal?: AbortSignal): Promise<void>;
  /**
   * Names the types for which even the container (file, collection) is missing at the far side, so that it holds none of them: of the
   * types given, and of any others that it was seen to have; or `everything`. Asked before each delta, and once after the first ones of
   * a start, so it must be cheap; optional.
   * @throws NotNow when it cannot be told at the moment
   */
  bare?(types: Iterable<string>, signal: AbortSignal): Promise<readonly string[] | "everything">;
  /**
   * Applies one delta to the far side.
   * @returns the items that it will never take; everything else is held (or gone) when the promise resolves
   * @throws NotNow when the far side cannot take anything at the moment
   * @throws Refused when it refuses the delta as a whole without naming the items at fault
   * @throws anything else: a bug, told apart in the log
   */
  apply(delta: Delta, signal: AbortSignal): Promise<readonly Refusal[]>;
  /**
   * Reads back what the far side holds, a page at a time, in any order; left out if it cannot be read.
   * @throws NotNow when it cannot be read at the moment, or not to the end
   */
  list?(signal: AbortSignal): AsyncIterable<readonly Found[]>;
  /**
   * The name under which the far side knows an indicator, written as an indicator: two of the same name are one thing there. Left
   * out if that is always the indicator itself.
   */
  alias?(indicator: Indicator): Indicator;
  close?(): Promise<void>;
}

/** One item that the far side holds in the containers that the courier fills. */
export interface Found {
  /** `null`: it is not the courier's, and is never touched. */
  indicator: Indicator | null;
  /** Somebody else put it there: if it belongs there, that is good enough; if not, it is not touched. */
  foreign?: boolean;
  /** How a person finds it at the far side. */
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

/** No answer came in time; with fewer items there may be one. */
export class TooSlow extends NotNow {}

/** Everything was done that can be done now; the rest cannot, not even in a smaller delta. */
export class Partly extends NotNow {}

/** The far side refuses this delta and does not say which item is at fault: delivery halves it until it knows. */
export class Refused extends Error {
  override readonly name = "Refused";
}

/** What a target gets beside its own settings. */
export interface TargetContext {
  name: string;
  /** Turns a path from the configuration into an absolute one. */
  resolve(path: string): string;
  /** The courier's state directory, absolute, for kinds whose far side is the courier itself. */
  state: string;
  /** Unix milliseconds. */
  clock: () => number;
  /** Takes sightings by users of the far side; missing if nobody wants them. */
  sightings?: SightingBox | undefined;
}

/** Where sightings wait for MISP. */
export interface SightingBox {
  /** Takes them, on disk when it returns; false when it cannot take any now. */
  take(sightings: readonly SensorSighting[]): boolean;
  /** Counts something that came and is not a sighting; `reason` is our own text, without any from outside. */
  refuse(reason: string): void;
}

/** A kind of target: its settings and how to open one. Its key in the registry is the `type:` of the configuration. */
export interface TargetKind<Settings = unknown> {
  /** One sentence for the reference documentation. */
  summary: string;
  settings: z.ZodType<Settings>;
  /** Fills in what the settings leave to the name of the followed MISP, its host. */
  named?(settings: Settings, origin: string): Settings;
  /** Most items in one delta, unless the setting `batch` says otherwise. */
  batch: number;
  /** Most items in a second, unless the setting `rate` says otherwise: what the far side can digest after an outage. */
  rate?: number;
  /**
   * Identifies the far side: when it changes, the new one counts as empty, and everything is sent to it. Without secrets, and without
   * what only changes how the same far side is reached.
   */
  place(settings: Settings): string;
  /**
   * True if the target's name appears neither at the far side nor in what is kept for it here: a target that is renamed then continues
   * with what is there.
   */
  nameless?: boolean;
  /**
   * Identifies a place that is made to hold exactly what is delivered to it, however it is reached: two targets that have a type in
   * common may not have the same one, or each would remove what the other holds. Optional.
   */
  fills?(settings: Settings): string;
  /** What may be used only once, such as a port: `place` identifies it, `words` name it to a person. */
  sole?(settings: Settings): { place: string; words: string }[];
  /** True if composite types are wanted as pairs as well (`domain|ip`, value `a|b`). */
  composites(settings: Settings): boolean;
  /** What of an entry is visible at the far side: when that changes, the entry comes in `renew`. Empty if only the value is visible. */
  shows(settings: Settings): (entry: Entry) => string;
  /** True if `shows` or `apply` reads the origins of an entry. */
  origins(settings: Settings): boolean;
  /** Opens what is on this machine; a far side on the network is not contacted before the first `apply`. */
  open(settings: Settings, context: TargetContext): Promise<Target>;
}

/** Ties a kind's settings to its code, so that neither needs a cast. */
export function defineTarget<Settings>(kind: TargetKind<Settings>): TargetKind<Settings> {
  return kind;
}
