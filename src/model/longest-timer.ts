/** The longest that a timer can be set to, milliseconds: a good three weeks. Set to more, it fires at once. */
export const LONGEST_TIMER = 2 ** 31 - 1;
