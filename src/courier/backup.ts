import { constants, existsSync } from "node:fs";
import { copyFile, link, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { type Attachment, type BackupFacts, backUp, unpackBackup } from "../ledger/database/backup.ts";
import { demandLedger } from "../ledger/database/database.ts";
import { AlreadyThere, isFull, StateUnwritable } from "../state/damaged.ts";
import { lockState } from "../state/lock.ts";
import { makeFolder } from "../state/make-folder.ts";
import { ownAsFolder } from "../state/own-as-folder.ts";
import { replaceFile } from "../state/replace-file.ts";
import { LIST_STORES } from "../targets/http/store.ts";
import { JOURNAL_FILE, LEDGER_FILE } from "./open-ledger.ts";

/** What beside the ledger belongs to the state: the journal, the outbox of alerts, copies of MISP's warninglists. */
const KEPT = /^(?!\.)[^/]+\.json$|^warninglists\/(?!\.)[^/]+\.json$/;

/**
 * Backs the state up into one new file, beside a running courier or without one. The file is there only when it is whole.
 * @throws StateMissing when there is no state
 * @throws AlreadyThere when the file exists
 * @throws StateUnreadable when the state is not for this user
 * @throws StateUnwritable when the folder of the file is not there, or not for this user
 */
export async function backUpState(state: string, file: string, now: number): Promise<BackupFacts> {
  const ledger = join(state, LEDGER_FILE);
  demandLedger(ledger);
  if (existsSync(file)) throw new AlreadyThere(`${file} exists already`);
  const temporary = `${file}.part`;
  await begin(temporary);
  try {
    const facts = backUp(ledger, temporary, await attachmentsIn(state), now);
    await sync(temporary);
    await putInPlace(temporary, file);
    return facts;
  } catch (error) {
    // The ledger itself is only read.
    throw isFull(error) ? cannotBackUp(temporary, "its disk is full", error) : error;
  } finally {
    await rm(temporary, { force: true });
    await sync(dirname(file));
  }
}

/** Makes the empty file that a backup is written to, in the place of one that was interrupted. */
async function begin(temporary: string): Promise<void> {
  try {
    await rm(temporary, { force: true });
    await (await open(temporary, "wx", 0o600)).close();
  } catch (cause) {
    throw cannotBackUp(temporary, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** What file systems without links say, such as those of USB sticks and Windows shares. */
const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"];

/** Unlike a rename, a link never replaces what appeared meanwhile. */
async function putInPlace(temporary: string, file: string): Promise<void> {
  try {
    await link(temporary, file);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (!NO_LINKS.includes(code) || existsSync(file)) throw error;
    await rename(temporary, file);
  }
}

function cannotBackUp(temporary: string, reason: string, cause: unknown): StateUnwritable {
  return new StateUnwritable(
    `no backup can be written in ${dirname(temporary)} (${reason}). Name a folder that exists, has room, and that the user of misp-courier may write to.`,
    { cause },
  );
}

/**
 * Puts a backup in the place of the state. With `force` it may replace one, which is kept under another name.
 * @returns where the former ledger is now, if there was one
 * @throws StateInUse while a courier runs on it
 * @throws StateDamaged when the backup cannot be used; nothing has changed then
 * @throws AlreadyThere when there is a state and no `force`
 */
export async function restoreState(file: string, state: string, force: boolean, now: number) {
  using _lock = lockState(state);
  const ledger = join(state, LEDGER_FILE);
  if (existsSync(ledger) && !force) throw new AlreadyThere(`${ledger} exists; --force puts the backup in its place`);
  const temporary = `${ledger}.restoring`;
  try {
    await copyFile(file, temporary, constants.COPYFILE_FICLONE);
    const { attachments, facts } = unpackBackup(temporary);
    ownAsFolder(temporary);
    await sync(temporary);
    // What is newer than the backup belongs to another ledger. Firewalls keep what they have until their lists are filled anew.
    await rm(join(state, JOURNAL_FILE), { force: true });
    await rm(join(state, LIST_STORES), { recursive: true, force: true });
    for (const { name, content } of attachments) await putBack(state, name, content);
    // Last of all: whatever ends this before, there is a ledger, and what it knows of the targets.
    const former = existsSync(ledger) ? await setAside(ledger, now) : undefined;
    await rename(temporary, ledger);
    await sync(state);
    return { facts, former };
  } finally {
    await rm(temporary, { force: true });
  }
}

async function attachmentsIn(state: string): Promise<Attachment[]> {
  const names = (await readdir(state, { recursive: true })).map((name) => name.replaceAll("\\", "/"));
  const kept = names.filter((name) => KEPT.test(name));
  return Promise.all(kept.map(async (name) => ({ name, content: await readFile(join(state, name), "utf8") })));
}

/** A backup is a file that strangers may have had in their hands: it writes to no other places than those it is for. */
async function putBack(state: string, name: string, content: string): Promise<void> {
  if (!KEPT.test(name) || normalize(name) !== name) return;
  const place = join(state, name);
  const folder = dirname(place);
  const isThere = existsSync(folder);
  await makeFolder(folder, 0o700);
  if (!isThere) ownAsFolder(folder);
  await replaceFile(place, content, 0o600);
  ownAsFolder(place);
}

async function setAside(ledger: string, now: number): Promise<string> {
  const former = `${ledger}.${new Date(now).toISOString().replaceAll(":", "-")}`;
  for (const tail of ["-wal", "-shm", ""]) {
    if (existsSync(`${ledger}${tail}`)) await rename(`${ledger}${tail}`, `${former}${tail}`);
  }
  return former;
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
