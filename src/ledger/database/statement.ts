import type { DatabaseSync, StatementSyncInstance } from "@photostructure/sqlite";
import { stateTrouble } from "../../state/damaged.ts";

/** A database that is open. */
export type Connection = InstanceType<typeof DatabaseSync>;
type Parameter = string | number | null;

/** A prepared statement with the shape of its rows, the one place where SQLite's rows are taken to be what the schema says. */
export class Statement<Row> {
  readonly #statement: StatementSyncInstance;
  readonly #database: Connection;
  readonly #file: string;
  readonly #sql: string;
  #listing: ((parameters: Parameter[]) => Row[]) | undefined;

  constructor(database: Connection, file: string, sql: string) {
    this.#database = database;
    this.#file = file;
    this.#sql = sql;
    try {
      this.#statement = database.prepare(sql);
    } catch (error) {
      throw stateTrouble(file, error);
    }
  }

  get(...parameters: Parameter[]): Row | undefined {
    try {
      return this.#statement.get(...parameters) as Row | undefined;
    } catch (error) {
      throw stateTrouble(this.#file, error);
    }
  }

  all(...parameters: Parameter[]): Row[] {
    try {
      return this.#statement.all(...parameters) as Row[];
    } catch (error) {
      throw stateTrouble(this.#file, error);
    }
  }

  /** As {@link all}, for a query of many rows: the driver takes several times as long to make an object of each than of one text. */
  list(...parameters: Parameter[]): Row[] {
    try {
      this.#listing ??= listing(this.#database, this.#statement, this.#sql);
      return this.#listing(parameters);
    } catch (error) {
      throw stateTrouble(this.#file, error);
    }
  }

  /** Runs it. The driver's own `run` also tells what it changed, which takes as long as a small change itself. */
  run(...parameters: Parameter[]): void {
    this.get(...parameters);
  }
}

/** Asks for all rows of a query as one JSON text. */
function listing<Row>(
  database: Connection,
  statement: StatementSyncInstance,
  sql: string,
): (parameters: Parameter[]) => Row[] {
  const names = statement.columns().map(({ name }) => name);
  const columns = names.map((name) => `"${name}"`).join(", ");
  const text = database.prepare(`SELECT json_group_array(json_array(${columns})) AS rows FROM (${sql})`);
  const rowOf = (values: unknown[]) => {
    const row: Record<string, unknown> = {};
    for (const [index, name] of names.entries()) row[name] = values[index];
    return row as Row;
  };
  return (parameters) => {
    const { rows } = text.get(...parameters) as { rows: string };
    return (JSON.parse(rows) as unknown[][]).map(rowOf);
  };
}

/** SQLite's code for a value that has to be unique and is not. */
const NOT_UNIQUE = 2067;

/** Whether a row was refused since another has one of its unique values. */
export function isTaken(error: unknown): boolean {
  return error instanceof Error && "sqliteExtendedCode" in error && error.sqliteExtendedCode === NOT_UNIQUE;
}
