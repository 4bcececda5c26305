import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { expect } from "vitest";
import { call } from "../cli/captured-terminal.ts";
import { eventually } from "../support/running-courier.ts";
import type { ChildCourier } from "./child-courier.ts";
import type { Watch } from "./watch.ts";

/** How long a courier may take, milliseconds: waits that grew while nothing could be reached are among it. */
const PATIENCE = 120_000;

/** In what lists differ from what they are to hold. Entries are `type value`. */
export interface Difference {
  lost: string[];
  wrong: string[];
}

/**
 * Waits until the lists hold what is wanted.
 * @returns in what they differ if they never do; with what `explain` says, and how the courier's log ends
 */
export async function converged(
  courier: ChildCourier,
  watch: Watch,
  wanted: () => readonly string[],
): Promise<Difference & { because: string[] }> {
  let last: Difference = { lost: [], wrong: [] };
  const compare = async () => {
    last = difference(wanted(), await watch.held());
    last.wrong.push(...(await mergedAmiss(courier, await watch.held())));
    if (last.lost.length + last.wrong.length > 0) throw new Error("not yet");
  };
  await eventually(compare, PATIENCE).catch(() => undefined);
  return { ...last, because: await because(courier, last) };
}

/** As {@link converged}, as lines: none where all is well. */
export async function amiss(...looked: Parameters<typeof converged>): Promise<string[]> {
  const { lost, wrong, because } = await converged(...looked);
  const told = (what: string, entries: readonly string[]) =>
    entries.length === 0 ? [] : [`${entries.length} ${what}: ${entries.slice(0, 5).join(", ")}`];
  return [...told("lost", lost), ...told("wrong", wrong), ...because];
}

/** Asks the running courier, as a person would, to compare with MISP now. */
export async function askToCatchUp(courier: ChildCourier): Promise<void> {
  await call(["catch-up", "--config", courier.config]);
}

/** Has it compare, and resolves when a comparison that began after that is through. */
export async function catchUp(courier: ChildCourier): Promise<void> {
  const asked = Date.now();
  await askToCatchUp(courier);
  await eventually(async () => expect(courier.log.some((line) => isInStepSince(asked, line))).toBe(true), PATIENCE);
}

/**
 * Resolves when nothing waits for its tags any more. Lists may be right before: what holds up a value, while another that
 * does so still waits, is the only one until then.
 */
export async function settled(courier: ChildCourier): Promise<void> {
  const ledger = new DatabaseSync(join(courier.directory, "state", "ledger.sqlite"), { readOnly: true });
  const waiting = ledger.prepare("SELECT 1 FROM support WHERE withheld = 'settling' LIMIT 1");
  try {
    await eventually(async () => expect(waiting.get()).toBeUndefined(), PATIENCE);
  } finally {
    ledger.close();
  }
}

function isInStepSince(moment: number, line: string): boolean {
  if (!line.includes('"In step with MISP"')) return false;
  const { timestamp, milliseconds } = JSON.parse(line);
  return Date.parse(timestamp) - milliseconds >= moment;
}

async function because(courier: ChildCourier, { lost, wrong }: Difference): Promise<string[]> {
  const [first] = [...lost, ...wrong];
  if (first === undefined) return [];
  const { out, err } = await call(["explain", first.split(" ")[1] ?? "", "--config", courier.config]);
  return [out, err, ...courier.log.slice(-30)];
}

/** The merged list is the union of its types' files. */
async function mergedAmiss(courier: ChildCourier, held: readonly string[]): Promise<string[]> {
  const text = await readFile(join(courier.lists, "names.txt"), "utf8").catch(() => "");
  const merged = text.split("\n").slice(0, -1);
  const names = held.filter((entry) => /^(domain|hostname) /.test(entry)).map((entry) => entry.split(" ")[1] ?? "");
  const { lost, wrong } = difference(names, merged);
  return [...lost, ...wrong].map((name) => `names.txt ${name}`);
}

function difference(wanted: readonly string[], held: readonly string[]): Difference {
  const without = (these: readonly string[], those: ReadonlySet<string>) => these.filter((one) => !those.has(one));
  return { lost: without(wanted, new Set(held)), wrong: without(held, new Set(wanted)) };
}
