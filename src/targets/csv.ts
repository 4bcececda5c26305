import { normalize } from "node:path";
import type { Delta, Entry, Refusal } from "../model/delta.ts";
import { type CsvFiles, csvFiles, csvPath, editCsv, sortByType, type TypeChanges } from "./csv/files.ts";
import { listFiles } from "./csv/listing.ts";
import { editLists, rebuildLists } from "./csv/lists.ts";
import { BROKER_TYPES } from "./csv/names.ts";
import { CsvPresence } from "./csv/presence.ts";
import { besideValue, isFormula, type RowStyle, rowOf, showsOrigins } from "./csv/row.ts";
import { type CsvSettings, csvSettings } from "./csv/settings.ts";
import { editFile, prepareDirectory, requireDirectory, settleDirectory } from "./lines/edit-file.ts";
import { defineTarget, NotNow, type Target } from "./target.ts";

/**
 * Lists in files, one for each type, always replaced as a whole and untouched when nothing changed. Rows that others add
 * to a CSV file stay.
 */
export const csv = defineTarget<CsvSettings>({
  summary: "One CSV file for each MISP type in a directory, and merged plain-text lists, replaced atomically.",
  settings: csvSettings,
  batch: 50_000,
  place: ({ directory, layout }) => JSON.stringify([spelt(directory), layout]),
  nameless: true,
  composites: ({ layout }) => layout === "broker",
  shows: (settings) => shownBesideValue(csvFiles(settings, "").style),
  origins: ({ columns }) => showsOrigins(columns),
  open: (settings, context) => openFiles(csvFiles(settings, context.resolve(settings.directory))),
});

/** A directory in one spelling: `./lists/` is `lists`. It stays relative, as the whole of a courier may be moved. */
function spelt(directory: string): string {
  return normalize(directory).replace(/(?<=.)\/$/, "");
}

function shownBesideValue({ columns, guard }: RowStyle): (entry: Entry) => string {
  const others = columns.filter((column) => column !== "value");
  const fields = others.length === 0 ? () => "" : (entry: Entry) => rowOf(entry, { columns: others, guard });
  return guard ? (entry) => besideValue(fields(entry), isFormula(entry.value)) : fields;
}

async function openFiles(files: CsvFiles): Promise<Target> {
  const presence = new CsvPresence(files);
  let ready = false;
  const prepare = async (signal?: AbortSignal) => {
    if (ready) return;
    await prepareDirectory(files.directory);
    await presence.look();
    await prepareFiles(files, presence, signal);
    ready = true;
  };
  // Where it cannot be had yet, delivery asks again.
  await prepare().catch((error: unknown) => {
    if (!(error instanceof NotNow)) throw error;
  });
  return {
    prepare,
    bare: (types) => presence.bare(types),
    apply: (delta, signal) => apply(delta, signal, files, presence),
    list: (signal) => listFiles(files, signal),
  };
}

async function prepareFiles(files: CsvFiles, presence: CsvPresence, signal?: AbortSignal): Promise<void> {
  const fromTheStart = files.settings.layout === "broker" ? BROKER_TYPES : [];
  for (const type of fromTheStart) {
    const made = (content: Buffer | undefined) => {
      if (content !== undefined) return undefined;
      presence.made(type);
      return headerOnly(files);
    };
    await editFile(csvPath(files, type), made, signal);
  }
  await rebuildLists(files, signal);
  await settleDirectory(files.directory);
}

async function apply(
  delta: Delta,
  signal: AbortSignal,
  files: CsvFiles,
  presence: CsvPresence,
): Promise<readonly Refusal[]> {
  signal.throwIfAborted();
  await requireDirectory(files.directory);
  const { changes, refusals } = sortByType(delta, files);
  for (const [type, typeChanges] of whatGoesFirst(changes)) {
    signal.throwIfAborted();
    const edited = (content: Buffer | undefined) => {
      if (content === undefined || content.length === 0) presence.mayBegin(type);
      return editCsv(content, typeChanges, files);
    };
    await editFile(csvPath(files, type), edited, signal);
    presence.begun(type);
  }
  // Also where the files needed no change: an interrupted attempt may have come this far without the lists.
  await editLists(changes, files, signal);
  await settleDirectory(files.directory);
  return refusals;
}

/** Each file is a wait for the disk: those that somebody waits to be rid of something in come before the others. */
function whatGoesFirst(changes: ReadonlyMap<string, TypeChanges>): [string, TypeChanges][] {
  return [...changes].sort(([, one], [, other]) => other.drop.length - one.drop.length);
}

function headerOnly({ format }: CsvFiles): Buffer {
  return Buffer.from(`${format.header}\n`);
}
