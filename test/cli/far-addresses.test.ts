import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const PROGRAM = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

test("an address of a far side has time for an ocean and a lost packet before the next one is tried", () => {
  const atTheEnd = 'console.log(process.getBuiltinModule("node:net").getDefaultAutoSelectFamilyAttemptTimeout())';
  const watching = `data:text/javascript,${encodeURIComponent(`process.on("exit", () => ${atTheEnd})`)}`;
  const told = execFileSync(process.execPath, ["--import", watching, PROGRAM, "--version"], { encoding: "utf8" });
  expect(Number(told.trim().split("\n").at(-1))).toBe(2_000);
});
