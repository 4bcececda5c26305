import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { makeFolder } from "../state/make-folder.ts";
import { MERGED } from "./list-files.ts";
import type { StandInMisp } from "./stand-in/stand-in-misp.ts";

/** The target whose files the demonstration tells of. */
export const FILES = "blocklists";

/** What a firewall could pull from the page. */
const PULLED = {
  addresses: { types: ["ip-src", "ip-dst"], format: "cidr" },
  names: { types: ["domain", "hostname"] },
};

/** The directory of a demonstration holds something already. */
export class DirectoryNotEmpty extends Error {
  override readonly name = "DirectoryNotEmpty";
}

/** Where a demonstration keeps its configuration, its lists and its state; gone afterwards unless the user named the place. */
export class Premises implements AsyncDisposable {
  readonly directory: string;
  /** It stays. */
  readonly kept: boolean;

  private constructor(directory: string, kept: boolean) {
    this.directory = directory;
    this.kept = kept;
  }

  /** @throws DirectoryNotEmpty when the named directory holds anything: it may be the user's own */
  static async open(named: string | undefined): Promise<Premises> {
    if (named === undefined) return new Premises(await mkdtemp(join(tmpdir(), "misp-courier-demo-")), false);
    const directory = resolve(named);
    await makeFolder(directory);
    if ((await readdir(directory)).length > 0) {
      throw new DirectoryNotEmpty(`${directory} is not empty; the demonstration wants a new or empty directory`);
    }
    return new Premises(directory, true);
  }

  get configFile(): string {
    return join(this.directory, "config.yaml");
  }

  get lists(): string {
    return join(this.directory, "lists");
  }

  /** Writes a configuration as a user would. */
  async configure({ url, key, endpoint }: Pick<StandInMisp, "url" | "key" | "endpoint">): Promise<void> {
    const settings = {
      misp: { url, key, zeromq: endpoint },
      filter: [{ not: { tags: ["tlp:red"] } }],
      targets: {
        [FILES]: { type: "csv", directory: "./lists", lists: MERGED },
        firewall: { type: "http", lists: PULLED },
      },
      // Whichever port is free: a courier of the user's may be at work on the usual one.
      http: { listen: "127.0.0.1:0" },
      state: "./state",
    };
    await writeFile(this.configFile, stringify(settings), { mode: 0o600 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.kept) await rm(this.directory, { recursive: true, force: true });
  }
}
