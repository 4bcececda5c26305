/** What is to go wrong; every field is read anew at each message and each request, so it can be turned while in use. */
export interface Faults {
  /** How many of the next messages are lost without a trace; counts down. */
  dropFrames: number;
  /** Which messages are lost without a trace. */
  drop: ((topic: string) => boolean) | undefined;
  /** Messages that had to wait for a restarted publisher leave in MISP's priority of topics, not in order of time. */
  byPriority: boolean;
  /** Requests are cut off before anything is answered. */
  restDown: boolean;
  /** Every answer has this status and nothing is carried out; 429 brings its headers. */
  restStatus: number | undefined;
  /** A search for more rows than this is too much for MISP's memory: it answers 500. */
  mostRows: number;
  /** UUIDs of events that as a whole are too much for MISP's memory: it answers 500. */
  tooLarge: readonly string[];
  /** Milliseconds that every request waits. */
  restDelay: number;
  /** Lists and searches answer 200 with nothing in them. */
  emptyAnswers: boolean;
  /** Routes that this MISP does not have, such as `users/view`. */
  missingRoutes: readonly string[];
  /** Every answer is 200 with an error inside, and nothing is carried out. */
  errorInside: boolean;
  /** Answers lose their second half: as complete answers of broken JSON, or by a broken connection. */
  truncated: boolean | "connection";
}

/** Nothing goes wrong. */
export function noFaults(): Faults {
  return {
    dropFrames: 0,
    drop: undefined,
    byPriority: false,
    restDown: false,
    restStatus: undefined,
    mostRows: Number.POSITIVE_INFINITY,
    tooLarge: [],
    restDelay: 0,
    emptyAnswers: false,
    missingRoutes: [],
    errorInside: false,
    truncated: false,
  };
}

/** Whether this message is to be lost; uses up one of `dropFrames`. */
export function losesMessage(faults: Faults, topic: string): boolean {
  if (faults.drop?.(topic)) return true;
  if (faults.dropFrames <= 0) return false;
  faults.dropFrames -= 1;
  return true;
}
