import { readFileSync, writeFileSync } from "node:fs";
import { runBench } from "./bench.ts";
import { readOptions, USAGE } from "./options.ts";
import { withTable } from "./table.ts";
import { hireProcess } from "./workers/forked.ts";

const USAGE_ERROR = 64;

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());

const asked = readOptions(process.argv.slice(2));
if (!asked) {
  process.stderr.write(`${USAGE}\n`);
  process.exit(USAGE_ERROR);
}

const { sizes, only, table } = asked;
const report = await runBench({
  sizes,
  only,
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
if (table !== undefined && !stop.signal.aborted) {
  writeFileSync(table, withTable(readFileSync(table, "utf8"), report));
}
