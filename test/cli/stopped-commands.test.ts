import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runCommandLine } from "../../src/cli/index.ts";
import { Database } from "../../src/ledger/database/database.ts";
import { aFolder } from "../support/a-folder.ts";
import { CapturedTerminal } from "./captured-terminal.ts";

/** A configuration whose MISP and whose target take every question and never answer. */
async function aConfiguration(): Promise<string> {
  const server = createServer(() => undefined).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = aFolder();
  const targets = `targets: {siem: {type: splunk, url: "${url}", token: t}}`;
  writeFileSync(
    join(folder, "config.yaml"),
    `misp: {url: "${url}", key: k}\nwarninglists: {from_misp: false}\n${targets}\n`,
  );
  Database.open(join(folder, "state", "ledger.sqlite")).close();
  return join(folder, "config.yaml");
}

test.each([[["check", "--online"]], [["catch-up"]], [["sight", "a.example"]], [["drift"]], [["plan"]]])(
  "%j that its user stops says so by its exit code, and not that nobody answers, nor that it has a bug",
  async (words) => {
    const config = await aConfiguration();
    const terminal = new CapturedTerminal();
    const stopped = runCommandLine([...words, "--config", config], terminal);
    terminal.stop();
    expect(await stopped).toBe(130);
    expect(terminal.complaints).not.toContain("    at ");
  },
);
