import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/** Whether an entry of `protect` is a file rather than the name of a warninglist: it has a slash in it, or ends like a file of text. */
export function isProtectFile(entry: string): boolean {
  return /[/\\]|\.(?:txt|csv|list)$/i.test(entry);
}

/** The files that `protect` names and that cannot be read: a guard must not be open because its file is gone. */
export function unreadableProtectFiles(
  protect: readonly string[],
  directory: string,
): { index: number; reason: unknown }[] {
  return protect.flatMap((entry, index) => {
    if (!isProtectFile(entry)) return [];
    try {
      readFileSync(resolve(directory, entry));
      return [];
    } catch (reason) {
      return [{ index, reason }];
    }
  });
}
