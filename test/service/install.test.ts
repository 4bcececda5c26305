import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  install,
  installation,
  removal,
  type SystemCommand,
  SystemRefused,
  uninstall,
} from "../../src/service/install.ts";
import type { UnitSettings } from "../../src/service/unit.ts";
import { aFolder } from "../support/a-folder.ts";

const SETTINGS: UnitSettings = {
  instance: undefined,
  user: "misp-courier",
  node: "/usr/bin/node",
  program: "/opt/misp courier/dist/main.js",
  config: "/etc/misp-courier/config.yaml",
  writes: ["/var/lib/misp-courier", "/srv/100% lists"],
  missing: [
    { path: "/var/log/courier", shared: false },
    { path: "/srv/100% lists", shared: true },
  ],
};
const UNITS = "etc/systemd/system";

function aSystem() {
  const commands: SystemCommand[] = [];
  const root = aFolder();
  const run = async (command: SystemCommand) => void commands.push(command);
  return { root, run, commands, has: (path: string) => existsSync(join(root, UNITS, path)) };
}

test("the unit runs the courier under its own user, and lets it write where its configuration says alone", async () => {
  const system = aSystem();
  await install(installation(SETTINGS), system);
  const unit = await readFile(join(system.root, UNITS, "misp-courier.service"), "utf8");
  for (const line of ["Type=notify", "ProtectSystem=strict", "NoNewPrivileges=true", "CapabilityBoundingSet="]) {
    expect(unit.split("\n")).toContain(line);
  }
  expect(unit.slice(0, unit.indexOf("[Service]"))).toContain("\nAfter=time-sync.target\n");
  const paths = await readFile(join(system.root, UNITS, "misp-courier.service.d/paths.conf"), "utf8");
  expect(paths.split("\n").filter((line) => !line.startsWith("#"))).toEqual([
    "[Service]",
    "ExecStart=",
    'ExecStart=/usr/bin/node "/opt/misp courier/dist/main.js" run --config /etc/misp-courier/config.yaml',
    "EnvironmentFile=-/etc/misp-courier/environment",
    "User=misp-courier",
    "StateDirectory=misp-courier",
    "WorkingDirectory=/var/lib/misp-courier",
    'ReadWritePaths="/srv/100%% lists"',
    "",
  ]);
  expect(system.commands.slice(2)).toEqual([
    ["install", "-d", "-m", "0750", "/var/log/courier"],
    ["chown", "misp-courier:", "/var/log/courier"],
    ["install", "-d", "-m", "0755", "/srv/100% lists"],
    ["chown", "misp-courier:", "/srv/100% lists"],
    ["systemctl", "daemon-reload"],
    ["systemctl", "enable", "--now", "misp-courier.service"],
  ]);
});

test("a dollar is doubled in the command line, where systemd looks for variables, and nowhere else", () => {
  const [, dropIn] = installation({ ...SETTINGS, config: "/etc/$courier/config.yaml", writes: ["/srv/$lists"] }).files;
  expect(dropIn?.content).toContain('run --config "/etc/$$courier/config.yaml"\n');
  expect(dropIn?.content).toContain("EnvironmentFile=-/etc/$courier/environment\n");
  expect(dropIn?.content).toContain('ReadWritePaths="/srv/$lists"\n');
});

test("where systemd does not answer nothing is left behind, neither a unit nor a user", async () => {
  const system = aSystem();
  const run = async ([program, ...words]: SystemCommand) => {
    if (program === "systemctl") throw new SystemRefused("System has not been booted with systemd");
    system.commands.push([program, ...words]);
  };
  await expect(install(installation(SETTINGS), { ...system, run })).rejects.toThrow("systemd");
  expect(system.commands).toEqual([]);
  expect(existsSync(join(system.root, "etc"))).toBe(false);
});

test("several run side by side from one template, which stays until the last of them goes", async () => {
  const system = aSystem();
  for (const instance of ["north", "south"]) {
    const config = `/etc/misp-courier/${instance}.yaml`;
    await install(installation({ ...SETTINGS, instance, config, writes: [], missing: [] }), system);
  }
  const south = await readFile(join(system.root, UNITS, "misp-courier@south.service.d/paths.conf"), "utf8");
  expect(south).toContain("StateDirectory=misp-courier-south\n");
  expect(south).toContain("EnvironmentFile=-/etc/misp-courier/south.environment\n");
  await uninstall(await removal("north", system), system);
  expect(system.has("misp-courier@north.service.d")).toBe(false);
  expect(system.has("misp-courier@.service")).toBe(true);
  await uninstall(await removal("south", system), system);
  expect(system.has("misp-courier@.service")).toBe(false);
  expect(system.commands).toContainEqual(["systemctl", "disable", "--now", "misp-courier@south.service"]);
});
