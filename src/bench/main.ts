import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runBench } from "./bench.ts";
import { type GroupName, groups } from "./figures/index.ts";
import { FULL, QUICK, USUAL } from "./sizes.ts";
import { withTable } from "./table.ts";
import { hireProcess } from "./workers/forked.ts";

const USAGE = `usage: npm run bench -- [--only GROUP,…] [--quick | --full] [--write]
groups: ${Object.keys(groups).join(", ")}`;
const USAGE_ERROR = 64;
const DOCUMENT = new URL("../../docs/BENCHMARKS.md", import.meta.url);

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());

const given = readWords();
if (!given) {
  process.stderr.write(`${USAGE}\n`);
  process.exit(USAGE_ERROR);
}

const report = await runBench({
  sizes: given.sizes,
  only: given.only,
  hire: hireProcess,
  clock: Date.now,
  signal: stop.signal,
  say: (line) => process.stderr.write(`${line}\n`),
  failed: (group, error) => {
    process.exitCode = 1;
    if (!stop.signal.aborted)
      process.stderr.write(`${group} failed: ${error instanceof Error ? error.stack : error}\n`);
  },
});
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
if (given.write && !stop.signal.aborted) {
  writeFileSync(DOCUMENT, withTable(readFileSync(DOCUMENT, "utf8"), report));
}

function readWords() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: "string" },
        quick: { type: "boolean", default: false },
        full: { type: "boolean", default: false },
        write: { type: "boolean", default: false },
      },
    });
    const names: string[] = values.only?.split(",") ?? Object.keys(groups);
    if (!names.every(isGroup) || (values.quick && values.full)) return undefined;
    const sizes = values.quick ? QUICK : values.full ? FULL : USUAL;
    return { only: names, sizes, write: values.write };
  } catch {
    return undefined;
  }
}

function isGroup(name: string): name is GroupName {
  return Object.hasOwn(groups, name);
}
