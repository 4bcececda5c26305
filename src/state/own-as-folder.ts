import { lchownSync, lstatSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Gives what root made in a folder of somebody else to the owner of that folder: a courier of that user could not open it.
 * What is not root's, and what root may not give away, stays as it is; a link is never followed.
 */
export function ownAsFolder(path: string): void {
  const { uid, gid } = lstatSync(dirname(path));
  if (uid === 0 || lstatSync(path).uid !== 0) return;
  try {
    lchownSync(path, uid, gid);
  } catch {
    // Such as root in a container without that right, whose courier runs as root, too.
  }
}
