import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";

/** A disk of its own, in memory, that can be filled to the last byte. */
export class SmallDisk {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @returns nothing where this user may not mount */
  static mount(folder: string, kilobytes: number): SmallDisk | undefined {
    mkdirSync(folder, { recursive: true });
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k,mode=700`, "tmpfs", folder], { stdio: "ignore" });
    } catch {
      return undefined;
    }
    onTestFinished(() => void execFileSync("umount", ["--lazy", folder]));
    return new SmallDisk(folder);
  }

  /** Leaves no byte free. */
  fill(): void {
    const { blocks, bsize } = statfsSync(this.folder);
    // More than there is: what fits is written before it is refused.
    expect(() => writeFileSync(join(this.folder, "ballast"), Buffer.alloc(blocks * bsize))).toThrow("ENOSPC");
  }

  free(): void {
    rmSync(join(this.folder, "ballast"), { force: true });
  }

  /** Lets nobody write, not even the superuser. */
  makeReadOnly(): void {
    execFileSync("mount", ["-o", "remount,ro", this.folder]);
  }
}
