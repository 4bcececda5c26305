import { accessSync, constants, statSync } from "node:fs";

/** Why a file that a command is to read cannot be read; `undefined` where it can. */
export function whyUnreadable(file: string): string | undefined {
  try {
    accessSync(file, constants.R_OK);
    return statSync(file).isDirectory() ? "it is a folder" : undefined;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return code === "ENOENT" ? "there is no such file" : String(code ?? error);
  }
}
