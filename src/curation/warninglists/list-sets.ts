/** Sets of list numbers under small numbers of their own: the same set has the same number, and 0 is the empty set. */
export class ListSets {
  readonly #sets: (readonly number[])[] = [[]];
  readonly #numbers = new Map<string, number>([["", 0]]);
  /** By set: what it becomes with one list more. */
  readonly #grown: Map<number, number>[] = [new Map()];

  /** The lists of a set, in rising order. */
  lists(set: number): readonly number[] {
    return this.#sets[set] ?? [];
  }

  /** The number of the set that holds one list more. */
  with(set: number, list: number): number {
    const known = this.#grown[set]?.get(list);
    if (known !== undefined) return known;
    const lists = this.lists(set);
    const number = lists.includes(list) ? set : this.#numberOf([...lists, list].sort((one, other) => one - other));
    this.#grown[set]?.set(list, number);
    return number;
  }

  #numberOf(lists: readonly number[]): number {
    const key = lists.join();
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#grown.push(new Map());
    this.#numbers.set(key, this.#sets.length);
    return this.#sets.push(lists) - 1;
  }
}
