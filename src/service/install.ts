import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { makeFolder } from "../state/make-folder.ts";
import { type UnitFile, type UnitSettings, unitFiles, unitName, unitPaths } from "./unit.ts";

/** One command of the system, as its words. */
export type SystemCommand = readonly [program: string, ...words: string[]];

/** What installing does: commands before, files, commands after. */
export interface Installation {
  before: SystemCommand[];
  files: UnitFile[];
  after: SystemCommand[];
}

/** What the installer needs of the system; tests give it a root of their own. */
export interface System {
  /** Files are written below it; `/` unless in tests. */
  root: string;
  run(command: SystemCommand): Promise<void>;
}

/** A command of the system failed; the message is its own. */
export class SystemRefused extends Error {
  override readonly name = "SystemRefused";
}

export const thisSystem: System = {
  root: "/",
  async run([program, ...words]) {
    try {
      await promisify(execFile)(program, words);
    } catch (error) {
      const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
      throw new SystemRefused(`${program} ${words.join(" ")}: ${said || String(error)}`, { cause: error });
    }
  },
};

const RELOAD: SystemCommand = ["systemctl", "daemon-reload"];

/** What is to be done so that systemd runs a courier, now and at every start of the machine. */
export function installation(settings: UnitSettings): Installation {
  const { user, missing } = settings;
  const name = unitName(settings.instance);
  return {
    before: [
      // Where there is no systemd, or no right to talk to it, nothing else is begun.
      RELOAD,
      [
        "sh",
        "-c",
        `id -u '${user}' >/dev/null 2>&1 || useradd --system --user-group --no-create-home --shell /usr/sbin/nologin '${user}'`,
      ],
      ...missing.flatMap(({ path, shared }): SystemCommand[] => [
        ["install", "-d", "-m", shared ? "0755" : "0750", path],
        // With the user's own group, which may have another name.
        ["chown", `${user}:`, path],
      ]),
    ],
    files: unitFiles(settings),
    after: [RELOAD, ["systemctl", "enable", "--now", name]],
  };
}

export async function install({ before, files, after }: Installation, system: System): Promise<void> {
  for (const command of before) await system.run(command);
  for (const { path, content } of files) {
    const place = join(system.root, path);
    await makeFolder(dirname(place));
    await writeFile(place, content, { mode: 0o644 });
  }
  for (const command of after) await system.run(command);
}

/** What uninstalling does: commands before, paths that go, commands after. */
export interface Removal {
  before: SystemCommand[];
  paths: string[];
  after: SystemCommand[];
}

/** What is to be done so that systemd forgets a courier; configuration, state and user stay. */
export async function removal(instance: string | undefined, { root }: Pick<System, "root">): Promise<Removal> {
  const { dropIn, unit, shared } = unitPaths(instance);
  const others = (await unitsIn(join(root, dirname(unit)))).filter((name) => name !== basename(dropIn));
  const inUse = instance !== undefined && others.some((name) => shared.test(name));
  return {
    before: [["systemctl", "disable", "--now", unitName(instance)]],
    paths: inUse ? [dropIn] : [dropIn, unit],
    after: [RELOAD],
  };
}

async function unitsIn(folder: string): Promise<string[]> {
  return existsSync(folder) ? await readdir(folder) : [];
}

export async function uninstall({ before, paths, after }: Removal, system: System): Promise<void> {
  for (const command of before) await system.run(command);
  for (const path of paths) await rm(join(system.root, path), { recursive: true, force: true });
  for (const command of after) await system.run(command);
}
