import { closeSync, existsSync, openSync } from "node:fs";
import { ownAsFolder } from "./own-as-folder.ts";

/** Makes an empty file where there is none, before SQLite does: what that lays beside it takes over its owner and permissions. */
export function beginFile(file: string): void {
  if (existsSync(file)) return;
  closeSync(openSync(file, "a", 0o600));
  ownAsFolder(file);
}
