import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { StandInMisp } from "../../src/demo/stand-in/stand-in-misp.ts";
import { Database } from "../../src/ledger/database/database.ts";
import { aFolder } from "../support/a-folder.ts";
import { eventually } from "../support/running-courier.ts";

const PROGRAM = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** The configuration of a courier that has run and has an empty ledger. */
function aConfiguration(): string {
  const folder = aFolder();
  mkdirSync(join(folder, "state"));
  Database.open(join(folder, "state", "ledger.sqlite")).close();
  const config = join(folder, "config.yaml");
  writeFileSync(config, "misp: {url: https://m.example, key: k}\nwarninglists: {from_misp: false}\n");
  return config;
}

test.each([[["help"]], [["status", "--json"]], [["export", "--format", "csv"]]])(
  "%j says in one sentence that its output cannot be written, and fails",
  (words) => {
    const full = openSync("/dev/full", "w");
    const options = words[0] === "help" ? [] : ["--config", aConfiguration()];
    const ended = spawnSync(process.execPath, [PROGRAM, ...words, ...options], { stdio: ["ignore", full, "pipe"] });
    closeSync(full);
    expect(ended.status).toBe(74);
    expect(String(ended.stderr)).toMatch(/^misp-courier: the output cannot be written \(ENOSPC.*\n$/);
  },
);

test("a reader that has seen enough is no failure, and nothing is said of it", () => {
  const late = `{ sleep 0.2; "$0" "$1" help; } | true; exit "\${PIPESTATUS[0]}"`;
  const { status, stderr } = spawnSync("bash", ["-c", late, process.execPath, PROGRAM]);
  expect({ status, stderr: String(stderr) }).toEqual({ status: 0, stderr: "" });
});

test.each([
  ["is read by nobody any more", `"$0" "$1" demo | head -n 1`],
  ["loses its terminal", `"$0" "$1" demo > said & until [ -s said ]; do sleep 0.1; done; kill -HUP $!; wait`],
])("a demonstration that %s leaves nothing behind", (_, line) => {
  const [folder, temporary] = [aFolder(), aFolder()];
  const options = { cwd: folder, env: { ...process.env, TMPDIR: temporary } };
  const { stderr } = spawnSync("bash", ["-c", line, process.execPath, PROGRAM], options);
  expect(String(stderr)).toBe("");
  expect(readdirSync(temporary)).toEqual([]);
});

test("complaints that nobody reads any more, or that have no room, leave the exit code as it is", () => {
  const late = `{ sleep 0.2; "$0" "$1" bogus; } 2>&1 | true; exit "\${PIPESTATUS[0]}"`;
  expect(spawnSync("bash", ["-c", late, process.execPath, PROGRAM]).status).toBe(64);
  const full = openSync("/dev/full", "w");
  const { status } = spawnSync(process.execPath, [PROGRAM, "bogus"], { stdio: ["ignore", "pipe", full] });
  closeSync(full);
  expect(status).toBe(64);
});

test("a courier whose log nobody reads any more goes on delivering, and ends when it is told to", async () => {
  const misp = await StandInMisp.open();
  onTestFinished(() => misp.close());
  const folder = aFolder();
  const config = join(folder, "config.yaml");
  const { url, key, endpoint } = misp;
  const targets = { edge: { type: "csv", directory: "./lists" } };
  const settings = { misp: { url, key, zeromq: endpoint }, targets, http: { listen: "127.0.0.1:0" } };
  writeFileSync(config, stringify(settings));
  const courier = spawn(process.execPath, [PROGRAM, "run", "--config", config], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => void courier.kill("SIGKILL"));
  const ended = once(courier, "exit");
  courier.stderr.once("data", () => courier.stderr.destroy());
  const event = misp.addEvent({ info: "Campaign", attributes: [{ type: "domain", value: "evil.example" }] });
  misp.publish(event.id);
  await eventually(async () => expect(readFileSync(join(folder, "lists", "domain.csv"), "utf8")).toContain("evil"));
  courier.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});
