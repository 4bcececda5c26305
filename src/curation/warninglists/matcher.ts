/** The entries of one list, which goes by its number among the lists that are compiled together. */
export interface NumberedList {
  number: number;
  entries: readonly string[];
}

/** Where matchers leave what they find; of one list, the first find counts. */
export interface Findings {
  /** False for lists that are not asked for, and for those that have been found already. */
  wants(list: number): boolean;
  /** @param entry the entry as MISP reports it */
  add(list: number, entry: string): void;
}

/** Looks for one value in all lists of one kind. */
export type Matcher = (value: string, findings: Findings) => void;
