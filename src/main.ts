#!/usr/bin/env node
import { setDefaultAutoSelectFamilyAttemptTimeout } from "node:net";
import { Exit, runCommandLine } from "./cli/index.ts";

// The one place that knows of the process: its words, its signals, its end.
const words = process.argv.slice(2);
// Until a courier has read its configuration there is nothing to read again, and no reason to end.
if (words[0] === "run") process.on("SIGHUP", () => undefined);
// Node would open its debugger to every user of this machine: some rotate logs with this signal.
process.on("SIGUSR1", () => undefined);
// Of several addresses of a name Node gives each but the last a quarter of a second, and where the last is of IPv6, which many a machine
// lacks, no far side beyond that is ever reached. One packet that is lost takes a second.
setDefaultAutoSelectFamilyAttemptTimeout(2_000);
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    // Whoever asks twice does not want to wait for a drain.
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  });
}
// Its terminal is gone, and so is who watched it. Other commands may have been begun with `nohup`.
if (words[0] === "demo") process.on("SIGHUP", () => stop.abort());
/** The exit code where nobody takes the output: what was begun is cleared away all the same. */
let unread: number | undefined;
process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
  if (unread !== undefined) return;
  // Whoever read it, such as `head`, has seen enough.
  unread = code === "EPIPE" ? Exit.ok : Exit.noDisk;
  process.exitCode = unread;
  if (unread !== Exit.ok)
    process.stderr.write(`misp-courier: the output cannot be written (${message}): what is there is not all of it\n`);
  stop.abort();
});
// The log and complaints go there. A courier goes on without a reader, as on a full disk, and an exit code stays what it is.
process.stderr.on("error", () => {});

const code = await runCommandLine(words, {
  environment: process.env,
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
  colour: process.stdout.isTTY === true && !process.env.NO_COLOR,
  width: process.stdout.columns ?? 100,
  progress: process.stderr.isTTY ? (line) => void process.stderr.write(`\r\u001b[K${line}`) : undefined,
  clock: Date.now,
  signal: stop.signal,
  reload: (listener) => void process.on("SIGHUP", listener),
});
process.exitCode = unread ?? code;
