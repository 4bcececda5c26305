import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeFolder } from "../state/make-folder.ts";
import { type ArchivedFile, archive } from "./archive.ts";
import { type Command, Exit } from "./command.ts";

/** The app's files as they are in this package; beside `src` and `dist` alike. */
const FILES = fileURLToPath(new URL("../../splunk-app", import.meta.url));
/** The folder's name is the app's id. */
const APP = "misp_courier";

export const splunkApp: Command = {
  usage: "splunk-app [DIR]",
  summary:
    "Write the app for Splunk (lookups, dashboard) to DIR: as a folder to look into, and as a package to install.",
  options: {},
  words: [0, 1],
  async run({ positionals: [directory = "."] }, { out, err }) {
    const folder = join(directory, APP);
    const archived = join(directory, `${APP}.spl`);
    if (existsSync(folder)) {
      err(`${folder} is there already; remove it, or name another directory.`);
      return Exit.cannotCreate;
    }
    const files = await filesOf(FILES);
    for (const { path, content } of files) await writeOut(join(directory, path), content);
    await writeOut(archived, archive(files));
    out(`${archived} is ready to be installed in Splunk; ${folder} has the same files.`);
    return Exit.ok;
  },
};

async function filesOf(root: string): Promise<ArchivedFile[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.sort().map(async (path) => {
      const below = path.slice(root.length).replaceAll("\\", "/");
      return { path: `${APP}${below}`, content: await readFile(path) };
    }),
  );
}

/** Splunk wants files that all may read, and none that can be run. */
async function writeOut(path: string, content: Buffer): Promise<void> {
  await makeFolder(dirname(path), 0o755);
  await writeFile(path, content, { mode: 0o644 });
}
