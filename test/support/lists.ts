import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Indicator } from "../../src/model/indicator.ts";

/** The values of block lists by indicator type. */
export type Lists = Readonly<Record<string, readonly string[]>>;

/** The recorded event 1 holds an address of a private network, which the guard holds back: comparisons leave it out. */
export const PRIVATE = "10.1.2.3";

/** What the csv files of a folder hold below their headers; nothing when there is no such folder. */
export async function readLists(folder: string): Promise<Lists> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".csv"));
  const read = names.map(async (name) => {
    const text = await readFile(join(folder, name), "utf8");
    return [name.slice(0, -".csv".length), text.split("\n").slice(1, -1)] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

/** Lists as they are compared: in order, without empty ones. */
export function counted(lists: Lists): Lists {
  const values = Object.entries(lists).map(([type, list]) => {
    return [type, list.filter((value) => value !== PRIVATE).toSorted()] as const;
  });
  return Object.fromEntries(values.filter(([, list]) => list.length > 0));
}

/** Indicators as lines to compare, in order. */
export function lines(indicators: readonly Indicator[]): string[] {
  const compared = indicators.filter(({ value }) => value !== PRIVATE);
  return compared.map(({ type, value }) => `${type} ${value}`).sort();
}

/** Lines of what the first lists hold and the second do not. */
export function difference(these: Lists, those: Lists): string[] {
  const others = new Set(linesOf(those));
  return linesOf(these).filter((line) => !others.has(line));
}

function linesOf(lists: Lists): string[] {
  return lines(Object.entries(lists).flatMap(([type, values]) => values.map((value) => ({ type, value }))));
}
