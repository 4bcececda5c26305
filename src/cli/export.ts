import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { resolvePath } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { knowledgeOnDisk } from "../courier/knowledge/on-disk.ts";
import { LEDGER_FILE } from "../courier/open-ledger.ts";
import { thumbOnPair } from "../courier/thumb-on-pair.ts";
import { LedgerExport } from "../ledger/report/export.ts";
import { LedgerReport } from "../ledger/report/report.ts";
import { counted } from "../model/counted.ts";
import { agoOption } from "./ago-option.ts";
import { type Command, Exit, type Given, textOption, UsageError } from "./command.ts";
import { configOption, givenConfig } from "./config-option.ts";
import { EXPORT_FORMATS, type ExportFormat } from "./export-formats.ts";

export const exportCommand: Command = {
  usage: "export [--last 1d] [--format ndjson|csv|stix] [--config FILE]",
  summary: "Print all active indicators; with --last, those of events published in that time.",
  details: `ndjson: one object for each line. csv: with a header, and guarded against formulas. stix: one STIX 2.1 bundle. What csv or stix
cannot express exactly is left out and counted. --last works like MISP's own "last": by when the event was published. Only the ledger
is read, so the courier need not be running.`,
  options: { ...configOption, last: { type: "string" }, format: { type: "string", default: "ndjson" } },
  words: [0, 0],
  async run(given, { environment, out, err, clock, signal }) {
    const config = givenConfig(given, environment);
    const format = formatNamed(textOption(given, "format") ?? "ndjson");
    const now = clock();
    const publishedSince = sinceOf(given, config, now);
    const file = join(resolvePath(config, config.state), LEDGER_FILE);
    using ledger = new LedgerReport(file);
    // Reading all lists takes a second: only where it matters who gave a sighting do they say whose counts more.
    const trusting =
      config.indicators.sightings === "latest" ? {} : { knowledge: await knowledgeOnDisk(config, ledger) };
    const isDown = (attribute: number) => thumbOnPair(attribute, { config, ledger, ...trusting }) !== null;
    const options = { ttl: config.indicators.ttl, publishedSince, now: Math.floor(now / 1000), isDown };
    using source = new LedgerExport(file, options);
    let left = 0;
    for (const line of format.head) out(line);
    for (const page of source.pages()) {
      for (const exported of page) {
        const text = format.line(exported);
        if (text === undefined) left += 1;
        else out(text);
      }
      await nextTurn();
      if (signal.aborted) return Exit.stopped;
    }
    for (const line of format.tail) out(line);
    if (left > 0) err(`${counted(left, "indicator")} left out: ${format.lacks}.`);
    return Exit.ok;
  },
};

/** When what is wanted was published at the earliest, Unix seconds; `undefined`: whenever it was. */
function sinceOf(given: Given, { role }: Config, now: number): number | undefined {
  const since = agoOption(given, "last", "1d", now);
  if (since === undefined) return undefined;
  if (role === "forwarder")
    throw new UsageError("a forwarder does not hear when events were published: leave --last out");
  return Math.floor(since / 1000);
}

function formatNamed(name: string): ExportFormat {
  const make = Object.hasOwn(EXPORT_FORMATS, name) ? EXPORT_FORMATS[name] : undefined;
  if (!make)
    throw new UsageError(`--format takes ${Object.keys(EXPORT_FORMATS).join(", ")}, not ${JSON.stringify(name)}`);
  return make();
}
