/** What goes wrong with a stand-in console; switched while it runs. */
export interface Faults {
  /** Answers every request with this. */
  answer: { status: number; body?: unknown; headers?: Record<string, string> } | undefined;
  /** As `answer`, for requests whose method and path match, so many times. */
  once: { matches: RegExp; status: number; body?: unknown; times: number } | undefined;
  /** Closes the connection without a word. */
  silent: boolean;
  /** Without a range a set shows its first twenty elements, as some versions do. */
  firstTwenty: boolean;
  /** Loads go to the newer address, with namespace and domain. */
  namespacedLoad: boolean;
  /** How often a task is looked at before it has ended. */
  looks: number;
  /** What tasks of bulk updates end with. */
  taskEnd: string;
  /** A bulk update with a value that does not fit changes nothing. */
  allOrNothing: boolean;
  /** The results of bulk updates tell nothing of their lines. */
  mute: boolean;
}

export function noFaults(): Faults {
  return {
    answer: undefined,
    once: undefined,
    silent: false,
    firstTwenty: true,
    namespacedLoad: false,
    looks: 0,
    taskEnd: "COMPLETED",
    allOrNothing: false,
    mute: false,
  };
}
