/** State on disk that cannot be used. The message names the file and the way out. */
export class StateDamaged extends Error {
  override readonly name = "StateDamaged";
}

/** State that is not there. */
export class StateMissing extends Error {
  override readonly name = "StateMissing";
}

/** In the place of what is to be written there is something already. */
export class AlreadyThere extends Error {
  override readonly name = "AlreadyThere";
}

/** State that cannot be written, or not at the moment. Nothing is wrong with it; the message names the file and the way out. */
export class StateUnwritable extends Error {
  override readonly name = "StateUnwritable";
}

/** State that may be sound, and is not for the user who asks. */
export class StateUnreadable extends Error {
  override readonly name = "StateUnreadable";

  constructor(file: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      `${file} cannot be read (${reason}). Run this as the user that misp-courier runs as, or as root, and see that "state:" names the right folder.`,
      { cause },
    );
  }
}

const FULL = 13;
/** SQLite's codes for what a person, or time, can mend: busy, locked, read-only, I/O error, full, cannot open. */
const MACHINE = [5, 6, 8, 10, FULL, 14];
/** Corrupt, and not a database. */
const DAMAGED = [11, 26];

/** What an error of SQLite or of the file system says of a file of the state; any other error stays as it is. */
export function stateTrouble(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StateDamaged || error instanceof StateUnwritable) return error;
  const code = sqliteCode(error);
  if (code === undefined ? "syscall" in error : MACHINE.includes(code)) return unwritable(file, error);
  return code !== undefined && DAMAGED.includes(code) ? damaged(file, error) : error;
}

/** SQLite's primary code, which the driver tells under another name where it copied a database. */
function sqliteCode(error: Error): number | undefined {
  const told = "sqliteCode" in error ? error.sqliteCode : "errcode" in error ? error.errcode : undefined;
  return typeof told === "number" ? told & 0xff : undefined;
}

/** Whether SQLite, or what has been told of its error, says that there is no room. */
export function isFull(error: unknown): boolean {
  return error instanceof Error && (sqliteCode(error) === FULL || isFull(error.cause));
}

/** Whether SQLite says that another process has the database. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && "sqliteCode" in error && error.sqliteCode === 5;
}

function unwritable(file: string, cause: Error): StateUnwritable {
  return new StateUnwritable(
    `${file} cannot be written (${cause.message}). Make room on that disk and let the user of misp-courier write there, or name another folder with "state:".`,
    { cause },
  );
}

function damaged(file: string, cause: Error): StateDamaged {
  return new StateDamaged(
    `${file} cannot be used (${cause.message}). Restore it from a backup; or move it away to begin with an empty one, and empty the targets, too.`,
    { cause },
  );
}
