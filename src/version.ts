import { readFileSync } from "node:fs";

const PACKAGE = new URL("../package.json", import.meta.url);

/** The program's version, as its package says. */
export function programVersion(): string {
  const { version }: { version: string } = JSON.parse(readFileSync(PACKAGE, "utf8"));
  return version;
}
