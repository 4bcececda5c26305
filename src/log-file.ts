import { appendFileSync, renameSync, statSync, truncateSync } from "node:fs";
import { dirname } from "node:path";
import { Writable } from "node:stream";
import { makeFolderSync } from "./state/make-folder.ts";
import { ownAsFolder } from "./state/own-as-folder.ts";

/** Bytes of one file, and how many older ones are kept beside it: `courier.log`, `courier.log.1` and so on. */
const LARGEST = 20 * 1024 * 1024;
const OLDER = 4;

/** Who hears that a log file cannot be written, and that it can be again, and how many lines are missing. */
export interface LogFileTrouble {
  began: (error: unknown) => void;
  ended: (lost: number) => void;
}

/** A file of log lines. What it cannot write, such as on a full disk, is let go: nobody waits for a log, nor is it worth memory. */
export class LogFile extends Writable {
  readonly #file: string;
  readonly #trouble: LogFileTrouble;
  readonly #largest: number;
  #lost = 0;

  constructor(file: string, trouble: LogFileTrouble, largest = LARGEST) {
    super({ decodeStrings: false });
    this.#file = file;
    this.#trouble = trouble;
    this.#largest = largest;
  }

  override _write(line: string, _encoding: BufferEncoding, done: () => void): void {
    try {
      this.#append(line);
      const lost = this.#lost;
      this.#lost = 0;
      if (lost > 0) this.#trouble.ended(lost);
    } catch (error) {
      this.#lost += 1;
      if (this.#lost === 1) this.#trouble.began(error);
    }
    done();
  }

  /** Opened by its name each time: whoever else moves it away gets a new one. */
  #append(line: string): void {
    if (sizeOf(this.#file) >= this.#largest) this.#rotate();
    makeFolderSync(dirname(this.#file));
    const before = sizeOf(this.#file);
    try {
      appendFileSync(this.#file, line, { mode: 0o640 });
      // The courier goes on in it that a command of root's has begun.
      if (before === 0) ownAsFolder(this.#file);
    } catch (error) {
      // The beginning of a line may have found room.
      if (sizeOf(this.#file) > before) truncateSync(this.#file, before);
      throw error;
    }
  }

  #rotate(): void {
    for (let number = OLDER; number > 1; number -= 1) {
      const newer = `${this.#file}.${number - 1}`;
      if (sizeOf(newer) > 0) renameSync(newer, `${this.#file}.${number}`);
    }
    renameSync(this.#file, `${this.#file}.1`);
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
