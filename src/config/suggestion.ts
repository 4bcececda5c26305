/** The known word that the given one was most likely meant to be; `undefined` when none is near. */
export function closest(given: string, known: readonly string[]): string | undefined {
  const simple = simplify(given);
  const ranked = known
    .map((word) => ({ word, distance: editDistance(simple, simplify(word)) }))
    .filter(({ word, distance }) => distance <= Math.max(1, Math.floor(word.length / 3)))
    .sort((left, right) => left.distance - right.distance);
  return ranked[0]?.word ?? known.find((word) => simple.length > 2 && simplify(word).startsWith(simple));
}

function simplify(word: string): string {
  return word.slice(0, 64).toLowerCase().replaceAll("-", "_");
}

/** How many letters must be changed, put in, left out or swapped with their neighbour. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
