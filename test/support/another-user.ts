import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The program as it is built. */
export const PROGRAM = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** Whether these tests run as root, who may read and write everything. */
export const ROOT = process.getuid?.() === 0;

/** Somebody without rights, to start the program as. */
export const NOBODY = { uid: 65_534, gid: 65_534 };

/** Whether the program can be started as somebody else here: its folder, or Node's, may be for root alone. */
export const NOBODY_MAY_START = ROOT && spawnSync(process.execPath, [PROGRAM, "--version"], NOBODY).status === 0;
