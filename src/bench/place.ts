import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { LEDGER_FILE } from "../courier/open-ledger.ts";
import type { StandInMisp } from "../demo/stand-in/stand-in-misp.ts";
import { makeFolder } from "../state/make-folder.ts";

/** The name of the one target. */
export const TARGET = "blocklists";

const LISTS = { type: "csv", directory: "./lists" };

/** Where a courier finds its MISP; without a publisher of its own the feed is the stand-in's. */
export interface Surroundings {
  misp: Pick<StandInMisp, "url" | "key" | "endpoint">;
  publisher?: string | undefined;
  /** Additions wait for the publication of their event, as they do unless configured otherwise. */
  requirePublished?: boolean;
  /** The target's keys; lists in files unless configured otherwise. */
  target?: Record<string, unknown>;
  /** Sections of the configuration beside these. */
  more?: Record<string, unknown>;
}

/** A directory with a configuration, a state and lists of its own. */
export class Place {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  get configFile(): string {
    return join(this.directory, "config.yaml");
  }

  get ledgerFile(): string {
    return join(this.directory, "state", LEDGER_FILE);
  }

  get lists(): string {
    return join(this.directory, "lists");
  }

  /** Writes a configuration as a user would. */
  async configure({
    misp,
    publisher,
    requirePublished = false,
    target = LISTS,
    more = {},
  }: Surroundings): Promise<void> {
    const { url, key, endpoint } = misp;
    const settings = {
      ...more,
      misp: { url, key, zeromq: publisher ?? endpoint, timeout: "120s" },
      indicators: { require_published: requirePublished },
      // Its first audit, within an hour of the start, would cost whatever is measured just then.
      targets: { [TARGET]: { audit_every: "never", ...target } },
      state: "./state",
    };
    await makeFolder(this.directory);
    await writeFile(this.configFile, stringify(settings), { mode: 0o600 });
  }

  /** Every value on the lists. */
  async listed(): Promise<Set<string>> {
    const names = await readdir(this.lists).catch(() => []);
    const texts = await Promise.all(names.map((name) => readFile(join(this.lists, name), "utf8")));
    return new Set(texts.flatMap((text) => text.split("\n").slice(1, -1)));
  }

  /** The size of a file of the state, bytes; 0 when there is none. */
  async sizeOf(name: string): Promise<number> {
    const found = await stat(join(this.directory, "state", name)).catch(() => undefined);
    return found?.size ?? 0;
  }

  /** From now on the target cannot be written. */
  async loseLists(): Promise<void> {
    await rm(this.lists, { recursive: true, force: true });
  }
}
