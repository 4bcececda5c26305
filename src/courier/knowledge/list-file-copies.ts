import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { digestOf } from "../../ledger/report/digest.ts";
import { makeFolder } from "../../state/make-folder.ts";
import { replaceFile } from "../../state/replace-file.ts";

/**
 * Copies of the folder's lists as they were when they could last be used: a courier that starts while one of them is broken still knows
 * what it must not send.
 */
export class ListFileCopies {
  readonly #folder: string;

  /** @param state the state folder */
  constructor(state: string) {
    this.#folder = join(state, "list-files");
  }

  /** What a file held; `undefined`: it never could be used, as far as is known. */
  readonly of = (path: string): Promise<Buffer | undefined> => readFile(this.#copyOf(path)).catch(() => undefined);

  /** Keeps what a file holds, where that is something else than before. */
  readonly keep = async (path: string, content: Buffer): Promise<void> => {
    if ((await this.of(path))?.equals(content)) return;
    await makeFolder(this.#folder, 0o700);
    await replaceFile(this.#copyOf(path), content, 0o600);
  };

  /** Forgets what it has of other files. */
  async keepOnly(paths: Iterable<string>): Promise<void> {
    const kept = new Set([...paths].map((path) => this.#copyOf(path)));
    const names = await readdir(this.#folder).catch(() => []);
    const others = names.map((name) => join(this.#folder, name)).filter((copy) => !kept.has(copy));
    for (const copy of others) await rm(copy, { force: true }).catch(() => {});
  }

  #copyOf(path: string): string {
    return join(this.#folder, `${digestOf(path)}.json`);
  }
}
