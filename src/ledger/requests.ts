import { Database } from "./database/database.ts";
import type { Statement } from "./database/statement.ts";

export interface Request {
  id: number;
  what: string;
  argument: string;
}

/** What commands ask of the running courier, which alone writes the rest of the ledger. */
export class Requests {
  readonly #database: Database;
  readonly #add: Statement<never>;
  readonly #all: Statement<Request>;
  readonly #remove: Statement<never>;

  constructor(database: Database) {
    this.#database = database;
    this.#add = database.prepare("INSERT INTO request (what, argument) VALUES (?, ?)");
    this.#all = database.prepare("SELECT * FROM request ORDER BY id");
    this.#remove = database.prepare("DELETE FROM request WHERE id = ?");
  }

  /** Leaves a request in the ledger at `file` for the courier that runs on it. */
  static leave(file: string, what: string, argument: string): void {
    const database = Database.beside(file);
    try {
      new Requests(database).#add.run(what, argument);
    } finally {
      database.close();
    }
  }

  /** Leaves again what was taken. */
  postpone(what: string, argument: string): void {
    this.#add.run(what, argument);
  }

  /** Those that wait, in their order; each is taken once. */
  take(): Request[] {
    const requests = this.#all.all();
    if (requests.length === 0) return [];
    return this.#database.transaction(() => {
      for (const { id } of requests) this.#remove.run(id);
      return requests;
    });
  }
}
