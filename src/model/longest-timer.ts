/** The most that a timer can hold, milliseconds, a good three weeks: set to more, it ends at once. */
export const LONGEST_TIMER = 2 ** 31 - 1;
