import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { lockState, PATIENCE, StateInUse } from "../../src/state/lock.ts";
import { aFolder } from "../support/a-folder.ts";

/** What another courier does to take a state, as a program of its own. */
const TAKER = `
  import { DatabaseSync } from "@photostructure/sqlite";
  const database = new DatabaseSync(process.argv[1], { timeout: 0 });
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    process.stdout.write("taken");
    // Named here, so that it is not collected as garbage, which would let go of the state.
    setInterval(() => database, 60_000);
  } catch {
    process.stdout.write("refused");
  }
`;

/** The same, for half a second. */
const PASSER = TAKER.replace("60_000", "60_000).unref(); setTimeout(() => process.exit(), 500");

/** Another process that takes the state in `folder`, and what it says of that. */
async function anotherTaker(folder: string, program = TAKER): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", program, join(folder, "lock")]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const [said] = await once(child.stdout, "data");
  return { child, said: String(said) };
}

test("a state is taken by one courier at a time", () => {
  const folder = join(aFolder(), "state");
  const first = lockState(folder);
  expect(() => lockState(folder)).toThrow(StateInUse);
  expect(() => lockState(folder)).toThrow(folder);
  first[Symbol.dispose]();
  lockState(folder)[Symbol.dispose]();
});

test("a courier that starts waits for whoever is about to let go of the state", async () => {
  const folder = aFolder();
  const { said } = await anotherTaker(folder, PASSER);
  expect(said).toBe("taken");
  expect(() => lockState(folder)).toThrow(StateInUse);
  lockState(folder, PATIENCE)[Symbol.dispose]();
});

test("two states have nothing to do with each other", () => {
  using _one = lockState(aFolder());
  using _other = lockState(aFolder());
});

test("a state folder that is made is nobody else's to look into", () => {
  const folder = join(aFolder(), "deep", "state");
  using _lock = lockState(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test("another process is refused a state that is taken here", async () => {
  const folder = aFolder();
  using _lock = lockState(folder);
  expect((await anotherTaker(folder)).said).toBe("refused");
});

test("a state that another process has is refused here, and free once that process was killed", async () => {
  const folder = aFolder();
  const { child, said } = await anotherTaker(folder);
  expect(said).toBe("taken");
  expect(() => lockState(folder)).toThrow(StateInUse);
  child.kill("SIGKILL");
  await once(child, "exit");
  lockState(folder)[Symbol.dispose]();
});
