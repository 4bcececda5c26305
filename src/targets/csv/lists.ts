import { join } from "node:path";
import { editLines, type LineChanges } from "../lines/edit.ts";
import { editFile, readIfThere } from "../lines/edit-file.ts";
import type { LineFormat } from "../lines/format.ts";
import { findLines, firstFields, isMarked } from "../lines/search.ts";
import { type CsvFiles, csvPath, type TypeChanges } from "./files.ts";
import { requoted, spell, unspell } from "./row.ts";

const LIST: LineFormat = { header: null, fields: false };

/**
 * Makes every merged list the union of its types' CSV files, in the order of the types and then of the files. A list
 * that already holds just that is not touched, in whatever order.
 */
export async function rebuildLists(files: CsvFiles, signal?: AbortSignal): Promise<void> {
  for (const [name, types] of Object.entries(files.settings.lists)) {
    const rebuilt = async (content: Buffer | undefined) => {
      const values = await valuesOf(types, files);
      return content !== undefined && holdsJust(content, values) ? undefined : listText(values);
    };
    await editFile(listPath(files, name), rebuilt, signal);
  }
}

/**
 * Carries what has just been written to the CSV files into the merged lists: only what the delta names is looked at. A
 * value leaves a list when no file of the list's types has it any more; a list that is gone is built anew, and one that somebody saved
 * with a byte order mark, whose first value could not be found.
 */
export async function editLists(
  changes: ReadonlyMap<string, TypeChanges>,
  files: CsvFiles,
  signal: AbortSignal,
): Promise<void> {
  for (const [name, types] of Object.entries(files.settings.lists)) {
    const touched = types.filter((type) => changes.has(type));
    if (touched.length === 0) continue;
    const edited = async (content: Buffer | undefined) => {
      if (content === undefined || isMarked(content)) return listText(await valuesOf(types, files));
      return editLines(content, LIST, await listChanges(changes, types, files));
    };
    await editFile(listPath(files, name), edited, signal);
  }
}

/** The lines of every merged list that takes a type, one character for each byte; none in a list that is gone. */
export async function linesOfLists(type: string, files: CsvFiles): Promise<{ name: string; lines: Set<string> }[]> {
  const names = Object.keys(files.settings.lists).filter((name) => files.settings.lists[name]?.includes(type));
  return Promise.all(
    names.map(async (name) => {
      const content = (await readIfThere(listPath(files, name))) ?? Buffer.alloc(0);
      return { name: `${name}.txt`, lines: new Set(firstFields(content, LIST)) };
    }),
  );
}

async function listChanges(
  changes: ReadonlyMap<string, TypeChanges>,
  types: readonly string[],
  files: CsvFiles,
): Promise<LineChanges> {
  const lines = new Map<string, string | null>();
  const kept = new Set<string>();
  for (const type of types) {
    const { hold, drop } = changes.get(type) ?? { hold: [], drop: [] };
    // Its own file has just lost them.
    const others = types.filter((other) => other !== type);
    for (const value of drop) lines.set(value, null);
    for (const value of await stillHeld(drop, others, files)) kept.add(value);
    for (const { value } of hold) kept.add(value);
  }
  for (const value of kept) lines.set(value, value);
  return lines;
}

/** Those of the values that a file of these types has. */
async function stillHeld(values: readonly string[], types: readonly string[], files: CsvFiles): Promise<string[]> {
  if (values.length === 0) return [];
  const bySpelling = new Map(values.map((value) => [spell(value, files.style.guard), value]));
  for (const [field, value] of [...bySpelling]) bySpelling.set(requoted(field) ?? field, value);
  const spellings = new Set(bySpelling.keys());
  const held = new Set<string>();
  for (const type of types) {
    const content = await readIfThere(csvPath(files, type));
    if (content === undefined) continue;
    for (const { field } of findLines(content, files.format, spellings)) held.add(bySpelling.get(field) ?? field);
  }
  return [...held];
}

/** The values of all these types' files without repetition, one character for each byte. */
async function valuesOf(types: readonly string[], files: CsvFiles): Promise<Set<string>> {
  const values = new Set<string>();
  for (const type of types) {
    const content = await readIfThere(csvPath(files, type));
    if (content === undefined) continue;
    for (const field of firstFields(content, files.format)) values.add(unspell(field, files.style.guard));
  }
  values.delete("");
  return values;
}

function holdsJust(content: Buffer, values: ReadonlySet<string>): boolean {
  let lines = 0;
  for (const line of firstFields(content, LIST)) {
    if (!values.has(line)) return false;
    lines += 1;
  }
  // A line that stands twice among all the right ones would make the count too high.
  return lines === values.size;
}

function listText(values: ReadonlySet<string>): Buffer {
  return Buffer.from([...values].map((value) => `${value}\n`).join(""), "latin1");
}

function listPath(files: CsvFiles, name: string): string {
  return join(files.directory, `${name}.txt`);
}
