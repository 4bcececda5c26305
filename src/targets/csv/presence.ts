import { readdir } from "node:fs/promises";
import { isBlank, orNotNow, requireDirectory } from "../lines/edit-file.ts";
import { NotNow } from "../target.ts";
import { type CsvFiles, csvPath } from "./files.ts";
import { typeOfCsv } from "./names.ts";

/** Which files of a target are there, so that one that somebody deleted is not begun anew with only what comes next. */
export class CsvPresence {
  readonly #files: CsvFiles;
  /** Of which types there was a file at some time, or is to be one in a merged list. */
  readonly #seen = new Set<string>();
  /** Of which types there was one when it was last looked. */
  readonly #there = new Set<string>();
  /** Of which types there was none at the start, and is one without a row now. */
  readonly #made = new Set<string>();
  #empty = false;

  constructor(files: CsvFiles) {
    this.#files = files;
  }

  /** Notes the files that are there, so that they are missed when they no longer are. */
  async look(): Promise<void> {
    const { directory, settings } = this.#files;
    for (const name of await orNotNow(`cannot read ${directory}`, () => readdir(directory))) {
      const type = typeOfCsv(name, settings.layout);
      if (type !== undefined) this.#seen.add(type);
    }
    this.#empty = this.#seen.size === 0;
    // A merged list is made of what its files hold at the start: one that is gone is missed in it, too.
    for (const type of Object.values(settings.lists).flat()) this.#seen.add(type);
  }

  /**
   * Which of these types, and of those that were there before, have no file, or one that was emptied to its last byte; everything
   * where not one was there.
   * @throws NotNow when the directory is not there: that says nothing of what it holds
   */
  async bare(types: Iterable<string>): Promise<string[] | "everything"> {
    if (this.#empty) {
      this.#empty = false;
      this.#made.clear();
      return "everything";
    }
    const { directory } = this.#files;
    const bare: string[] = [];
    this.#there.clear();
    for (const type of new Set([...types, ...this.#seen])) {
      const path = csvPath(this.#files, type);
      if (this.#made.has(type)) bare.push(type);
      else if (await orNotNow(`cannot read ${path}`, () => isBlank(path))) bare.push(type);
      else this.#there.add(type);
    }
    await requireDirectory(directory);
    // Told once: whether anything is missed there is for others to know.
    for (const type of bare) this.#seen.delete(type);
    for (const type of this.#there) this.#seen.add(type);
    this.#made.clear();
    return bare;
  }

  /** A file without a row is made, as there is none. */
  made(type: string): void {
    this.#seen.add(type);
    this.#made.add(type);
  }

  /** A type's file is begun. */
  begun(type: string): void {
    this.#seen.add(type);
  }

  /**
   * Refuses to begin a file anew that was there a moment ago.
   * @throws NotNow when it was
   */
  mayBegin(type: string): void {
    if (this.#there.has(type)) throw new NotNow(`${csvPath(this.#files, type)} has just been taken away`);
  }
}
