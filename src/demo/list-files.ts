import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The merged lists of the demonstration. */
export const MERGED: Record<string, string[]> = {
  ips: ["ip-src", "ip-dst", "ip"],
  domains: ["domain", "hostname"],
};

/** The names of the files that a type goes into. */
export function listsOf(type: string): string[] {
  const merged = Object.entries(MERGED).filter(([, types]) => types.includes(type));
  return [`${type}.csv`, ...merged.map(([name]) => `${name}.txt`)];
}

/** How many values each file holds, in one line. */
export async function describeLists(directory: string): Promise<string> {
  const names = (await readdir(directory)).filter((name) => /^[^.].*\.(csv|txt)$/.test(name)).sort();
  const counts = await Promise.all(names.map(async (name) => `${name} ${await countValues(join(directory, name))}`));
  return counts.length === 0 ? "no files yet" : counts.join(" · ");
}

async function countValues(file: string): Promise<number> {
  const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "").length;
  // A CSV file begins with a header.
  return file.endsWith(".csv") ? lines - 1 : lines;
}
