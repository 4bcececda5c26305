/** How many rows of a table stay in memory: those that a busy feed comes back to, whatever the ledger holds beside them. */
const LIMIT = 20_000;

/**
 * Rows of the moment, in memory beside the database. Trimmed only between transactions, so that within one a row has one
 * object.
 */
export class Recent<Key, Row> {
  readonly #rows = new Map<Key, Row>();

  get(key: Key): Row | undefined {
    return this.#rows.get(key);
  }

  set(key: Key, row: Row): Row {
    this.#rows.set(key, row);
    return row;
  }

  delete(key: Key): void {
    this.#rows.delete(key);
  }

  /** A transaction has ended. */
  trim(): void {
    if (this.#rows.size > LIMIT) this.#rows.clear();
  }

  /** A transaction was undone: what is remembered may never have been saved. */
  clear(): void {
    this.#rows.clear();
  }
}
