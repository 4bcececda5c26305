/** The fact of the ledger that says when the last complete catch-up began, milliseconds. */
export const CAUGHT_UP = "caught-up";
