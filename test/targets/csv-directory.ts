import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { onTestFinished } from "vitest";
import type { Entry } from "../../src/model/delta.ts";
import type { Indicator } from "../../src/model/indicator.ts";
import { csv } from "../../src/targets/csv.ts";
import type { Target } from "../../src/targets/target.ts";
import { anEntry } from "../support/entries.ts";
import type { FarSide } from "./far-side.ts";

/** A `csv` target and the real directory that it writes to. */
export interface Files extends FarSide {
  directory: string;
}

/** Opens a target in a new temporary directory, or in one that an earlier call made; gone after the test. */
export async function openFiles(settings: object = {}, directory?: string): Promise<Files> {
  const root = directory ?? (await mkdtemp(join(tmpdir(), "misp-courier-")));
  const target = await openTarget(settings, root);
  const close = () => rm(root, { recursive: true, force: true });
  onTestFinished(close);
  return { target, directory: root, held: () => heldIn(root), close };
}

/** Opens a target in a directory as a start of the courier does. */
export async function openTarget(settings: object, directory: string): Promise<Target> {
  const context = { name: "blocklists", resolve: (path: string) => path, state: directory, clock: Date.now };
  const target = await csv.open(csv.settings.parse({ directory, ...settings }), context);
  await target.prepare?.();
  return target;
}

async function heldIn(directory: string): Promise<Indicator[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".csv"));
  const files = await Promise.all(names.map((name) => readFile(join(directory, name), "utf8")));
  return files.flatMap((text, n) => {
    const rows = text.split("\n").slice(1, -1);
    return rows.map((row) => ({ type: basename(names[n] ?? "", ".csv"), value: firstField(row) }));
  });
}

function firstField(row: string): string {
  const quoted = /^"((?:[^"]|"")*)"(,|$)/.exec(row);
  return quoted?.[1]?.replaceAll('""', '"') ?? row.split(",")[0] ?? "";
}

/** The content of one of the files. */
export function text({ directory }: Files, name: string): Promise<string> {
  return readFile(join(directory, name), "utf8");
}

/** All that a write would change. */
export async function trace({ directory }: Files) {
  const names = (await readdir(directory)).sort();
  const facts = await Promise.all(names.map((name) => stat(join(directory, name), { bigint: true })));
  return facts.map(({ ino, mtimeNs, size }, n) => ({ name: names[n], ino, mtimeNs, size }));
}

/** A domain to hold. */
export const domain = (value: string): Entry => anEntry({ type: "domain", value });
/** A hostname to hold. */
export const hostname = (value: string): Entry => anEntry({ type: "hostname", value });
