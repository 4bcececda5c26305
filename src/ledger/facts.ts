/** How many messages were heard, and how many of them could not be read, ever; when the last was heard, milliseconds. */
export const HEARD = "heard";
export const UNREADABLE = "unreadable";
export const HEARD_AT = "heard-at";
/** Digest of the rules that the ledger is judged by. */
export const RULES = "rules";
/** When the last complete catch-up began, milliseconds. */
export const CAUGHT_UP = "caught-up";
/** Comes out of a backup, and has not been in step with MISP since; empty: it has. */
export const RESTORED = "restored";
/** In step with MISP for the first time, and nothing was delivered since: its warninglists may not be known yet; empty: it was. */
export const UNOPENED = "unopened";
/** Why the last catch-up failed; empty: it did not. */
export const CATCH_UP_FAILED = "catch-up-failed";
/** MISP shows our key everybody's sightings; empty: those of others it may hide. */
export const SEES_ALL_SIGHTINGS = "sees-all-sightings";
/** What was missing when MISP was last asked, and what curation lacks: lists of sentences. */
export const FINDINGS = "findings";
export const LACKS = "curation-lacks";
/** Which events wait for their curation, and why. */
export const UNCURATED = "curation-held";
