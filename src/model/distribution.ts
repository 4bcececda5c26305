/** MISP's distributions, from the most restrictive to the most open. */
const OPENNESS = [0, 4, 1, 2, 3];

/** The distribution "inherit": that of the parent. */
export const INHERIT = 5;

/** Who may see something: the more restrictive of its own distribution and its parent's. */
export function reach(own: number, around: number): number {
  if (own === INHERIT) return around;
  if (around === INHERIT) return own;
  return OPENNESS.indexOf(own) < OPENNESS.indexOf(around) ? own : around;
}
