/** How the lines of a text file are told apart. */
export interface LineFormat {
  /** The first line of the file; `null` for a file that begins with its first entry. */
  header: string | null;
  /** True when a line is a CSV row, known by its first field; false when the whole line is the entry. */
  fields: boolean;
}
