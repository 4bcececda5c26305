import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { backUpState } from "../../src/courier/backup.ts";
import { Database } from "../../src/ledger/database/database.ts";
import { aFolder } from "../support/a-folder.ts";

vi.mock("node:fs/promises", async (original) => ({
  ...(await original<typeof import("node:fs/promises")>()),
  link: () => Promise.reject(Object.assign(new Error("EPERM: operation not permitted, link"), { code: "EPERM" })),
}));

test("a backup goes to a disk that has no links, as many USB sticks", async () => {
  const [state, disk] = [join(aFolder(), "state"), join(aFolder(), "disk")];
  mkdirSync(disk);
  Database.open(join(state, "ledger.sqlite")).close();
  expect(await backUpState(state, join(disk, "a.courier"), Date.now())).toMatchObject({ indicators: 0 });
  expect(readdirSync(disk)).toEqual(["a.courier"]);
});
