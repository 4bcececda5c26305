/** When the last complete catch-up began, milliseconds. */
export const CAUGHT_UP = "caught-up";
/** What was missing when MISP was last asked, and what curation lacks: lists of sentences. */
export const FINDINGS = "findings";
export const LACKS = "curation-lacks";
/** Which events wait for their curation, and why. */
export const UNCURATED = "curation-held";
