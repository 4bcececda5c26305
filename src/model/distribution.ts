/** MISP's distributions from the most closed to the most open. */
const OPENNESS = [0, 4, 1, 2, 3];

/** The distribution of something that is as open as what it is part of. */
export const INHERIT = 5;

/** Who may see something: the more closed of its own distribution and that of what it is part of. */
export function reach(own: number, around: number): number {
  if (own === INHERIT) return around;
  if (around === INHERIT) return own;
  return OPENNESS.indexOf(own) < OPENNESS.indexOf(around) ? own : around;
}
