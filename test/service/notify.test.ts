import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { Supervisor } from "../../src/service/notify.ts";
import { aFolder } from "../support/a-folder.ts";
import { calm, eventually } from "../support/running-courier.ts";

let folder: string;
let environment: { NOTIFY_SOCKET: string; PATH: string };

/** A `systemd-notify` that writes down what it was to say, and to whom. */
beforeEach(async () => {
  folder = aFolder();
  const program = join(folder, "systemd-notify");
  await writeFile(program, `#!/bin/sh\necho "$NOTIFY_SOCKET $* $MISP_API_KEY" >>'${folder}/said'\n`);
  await chmod(program, 0o755);
  environment = { NOTIFY_SOCKET: "/run/there", PATH: `${folder}:/usr/bin:/bin` };
});

const said = () => readFile(join(folder, "said"), "utf8").catch(() => "");
const heard = (...lines: string[]) =>
  eventually(async () => expect(await said()).toBe(lines.map((line) => `/run/there ${line} \n`).join("")));

test("systemd is told when the courier is ready and when it stops, and nothing of its environment", async () => {
  const supervisor = new Supervisor(Object.assign({ MISP_API_KEY: "secret" }, environment));
  supervisor.ready();
  await heard("READY=1");
  supervisor.stopping();
  await heard("READY=1", "STOPPING=1");
});

test("signs of life go out three times in the span that systemd waits", async () => {
  const supervisor = new Supervisor({ ...environment, WATCHDOG_USEC: "120000000" });
  supervisor.alive(1_000_000);
  await heard("WATCHDOG=1");
  supervisor.alive(1_039_000);
  supervisor.alive(1_040_000);
  await heard("WATCHDOG=1", "WATCHDOG=1");
});

test("nothing is said where nobody listens, or nobody asked for signs of life", async () => {
  new Supervisor({ PATH: environment.PATH }).ready();
  new Supervisor(environment).alive(1_000_000);
  await calm();
  expect(await said()).toBe("");
});

test("a system without systemd-notify does no harm", async () => {
  new Supervisor({ ...environment, PATH: "/nowhere" }).ready();
  await calm();
});
