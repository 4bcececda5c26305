/** How an indicator's score falls with its age: MISP's polynomial. */
export interface Decay {
  /** Seconds after which nothing is left. */
  lifetime: number;
  /** 1: as a straight line; above: slowly first, below: quickly first, as in MISP. */
  speed: number;
}

/** By type, `default` for the others; `null`: does not decay. */
export type Decays = Readonly<Record<string, Decay | null>>;

/** What is left of 1 after `age` seconds. */
export function remaining({ lifetime, speed }: Decay, age: number): number {
  if (age <= 0) return 1;
  return Math.max(0, 1 - (age / lifetime) ** (1 / speed));
}

/** The age in seconds at which less than `share` of 1 is left. */
export function ageAt({ lifetime, speed }: Decay, share: number): number {
  return lifetime * (1 - share) ** speed;
}

export function decayOf(decays: Decays, type: string): Decay | null {
  const own = Object.hasOwn(decays, type) ? decays[type] : undefined;
  return own === undefined ? (decays.default ?? null) : own;
}
