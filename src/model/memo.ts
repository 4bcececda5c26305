/** How many results are kept unless said otherwise. */
const LIMIT = 1_000;

/**
 * The same function with a memory for its latest results, for work that is repeated with the same few texts. Results are shared, so
 * nobody may change them.
 */
export function memo<Result>(of: (text: string) => Result, limit = LIMIT): (text: string) => Result {
  const results = new Map<string, Result>();
  return (text) => {
    const known = results.get(text);
    if (known !== undefined) return known;
    const result = of(text);
    // Hostile texts may all be different: the memory must not grow with them.
    if (results.size >= limit) results.clear();
    results.set(text, result);
    return result;
  };
}
