import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { orNotNow, readIfThere } from "../lines/edit-file.ts";
import { byteText, rows } from "../lines/search.ts";
import type { Found } from "../target.ts";
import { type CsvFiles, csvPath } from "./files.ts";
import { linesOfLists } from "./lists.ts";
import { typeOfCsv } from "./names.ts";
import { besideValue, unspell } from "./row.ts";

const PAGE = 1_000;

/**
 * Reads back what the files hold. A value that one of its merged lists lacks is found as it is, and shown as what it is
 * not: it is then written again.
 */
export async function* listFiles(files: CsvFiles, signal: AbortSignal): AsyncGenerator<readonly Found[]> {
  const names = await orNotNow(`cannot read ${files.directory}`, () => readdir(files.directory));
  for (const name of names) {
    const type = typeOfCsv(name, files.settings.layout);
    if (type !== undefined) yield* listFile(name, type, files, signal);
  }
}

async function* listFile(
  name: string,
  type: string,
  files: CsvFiles,
  signal: AbortSignal,
): AsyncGenerator<readonly Found[]> {
  const failure = `cannot read ${join(files.directory, name)}`;
  const content = (await orNotNow(failure, () => readIfThere(csvPath(files, type)))) ?? Buffer.alloc(0);
  const lists = await orNotNow(failure, () => linesOfLists(type, files));
  let page: Found[] = [];
  for (const { field, rest } of rows(content, files.format)) {
    if (field === "") continue;
    const plain = unspell(utf8(field), false);
    const value = unspell(utf8(field), files.style.guard);
    const lacking = lists.find(({ lines }) => !lines.has(byteText(value)));
    const shows = lacking === undefined ? besideValue(utf8(rest), value !== plain) : `not in ${lacking.name}`;
    page.push({ indicator: { type, value }, label: `${value} in ${name}`, shows });
    if (page.length < PAGE) continue;
    yield page;
    page = [];
    signal.throwIfAborted();
    await nextTurn();
  }
  if (page.length > 0) yield page;
}

function utf8(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString();
}
