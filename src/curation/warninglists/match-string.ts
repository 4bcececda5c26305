import { type Compilation, eachEntry } from "./compilation.ts";
import { ListIndex } from "./list-index.ts";
import type { Matcher, NumberedList } from "./matcher.ts";

/** Lists of type `string`: the value is an entry, letter by letter, capitals and all. */
export function* compileStrings(lists: readonly NumberedList[]): Compilation<Matcher> {
  const index = new ListIndex(lists.reduce((sum, { entries }) => sum + entries.length, 0));
  yield* eachEntry(lists, (entry, list) => index.add(Buffer.from(entry), list));
  return (value, findings) => {
    // No character takes less than one byte.
    if (value.length > index.longest) return;
    for (const list of index.find(Buffer.from(value))) {
      if (findings.wants(list)) findings.add(list, value);
    }
  };
}
