// Loaded before a courier (--import): ends it with SIGKILL before or after one of the steps that leave a trace on the disk.
// DIE_AT: which step, counted from the start; without it steps are only counted. STEPS: a file that gets a letter for each.
import { appendFileSync, promises } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { Database } from "../../dist/ledger/database/database.js";

const at = Number(process.env.DIE_AT ?? 0);
let steps = 0;

function step(name) {
  steps += 1;
  if (process.env.STEPS) appendFileSync(process.env.STEPS, `${name}\n`);
  if (steps !== at) return;
  if (process.env.DIED) appendFileSync(process.env.DIED, `${name}\n`);
  process.kill(process.pid, "SIGKILL");
  // The signal must not find another line done.
  for (;;);
}

const { transaction } = Database.prototype;
Database.prototype.transaction = function (work) {
  const result = transaction.call(this, () => {
    const done = work();
    step("before a commit");
    return done;
  });
  step("after a commit");
  return result;
};

const { open, rename } = promises;
promises.rename = async (from, to) => {
  step("before a rename");
  await rename(from, to);
  step("after a rename");
};
promises.open = async (path, flags, mode) => {
  const file = await open(path, flags, mode);
  if (flags !== "wx") return file;
  const write = file.writeFile.bind(file);
  file.writeFile = async (content) => {
    await write(content.slice(0, content.length / 2));
    step("in the middle of a file");
    await write(content.slice(content.length / 2));
    step("after a file");
  };
  return file;
};
syncBuiltinESMExports();
