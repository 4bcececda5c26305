import { parseArgs } from "node:util";
import { type GroupName, groups } from "./figures/index.ts";
import { FULL, QUICK, type Sizes, withLedger } from "./sizes.ts";

export const USAGE = `usage: npm run bench -- [--only GROUP,…] [--quick] [--largest INDICATORS]
       npm run bench -- --table FILE
groups: ${Object.keys(groups).join(", ")}`;

export interface Words {
  only: readonly GroupName[];
  sizes: Sizes;
  /** The document whose table is to be written anew, with all figures: those of a part would wipe out the others. */
  table: string | undefined;
}

/** The largest ledger of the table, indicators. */
const OF_TABLE = 5_000_000;

/** What was asked for on the command line; `undefined` when that is nothing that it takes. */
export function readOptions(args: readonly string[]): Words | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: "string" },
        quick: { type: "boolean", default: false },
        largest: { type: "string" },
        table: { type: "string" },
      },
    });
    const names: string[] = values.only?.split(",") ?? Object.keys(groups);
    const sizes = values.quick ? QUICK : FULL;
    const { table } = values;
    const partial = values.quick || values.only !== undefined || values.largest !== undefined;
    const largest = table === undefined ? values.largest : OF_TABLE;
    if (!names.every(isGroup) || (largest !== undefined && !(Number(largest) > 0)) || (table && partial))
      return undefined;
    return { only: names, sizes: largest === undefined ? sizes : withLedger(sizes, Number(largest)), table };
  } catch {
    return undefined;
  }
}

function isGroup(name: string): name is GroupName {
  return Object.hasOwn(groups, name);
}
