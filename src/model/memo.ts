/** How many results are kept unless said otherwise. */
const LIMIT = 1_000;

/**
 * The same function, which remembers what it made of the texts of the moment: for work that comes again and again with the same few.
 * What it returns is shared, so nobody may change it.
 */
export function memo<Result>(of: (text: string) => Result, limit = LIMIT): (text: string) => Result {
  const results = new Map<string, Result>();
  return (text) => {
    const known = results.get(text);
    if (known !== undefined) return known;
    const result = of(text);
    // Hostile texts are never the same: what is remembered must not grow with them.
    if (results.size >= limit) results.clear();
    results.set(text, result);
    return result;
  };
}
