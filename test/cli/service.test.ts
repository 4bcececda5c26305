import { execFileSync } from "node:child_process";
import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { aFolder } from "../support/a-folder.ts";
import { call } from "./captured-terminal.ts";

async function aConfig(folder: string, name = "config.yaml"): Promise<string> {
  const file = join(folder, name);
  const targets = "targets: {lists: {type: csv, directory: /srv/lists-of-the-test}}";
  await writeFile(
    file,
    `misp: {url: "https://misp.example.org", key: "\${MISP_API_KEY}"}\n${targets}\nstate: ./state\n`,
  );
  return file;
}

test("a dry run shows unit and commands, with the folders that the configuration writes to", async () => {
  const folder = aFolder();
  const config = await aConfig(folder);
  await writeFile(join(folder, "environment"), "MISP_API_KEY=a-secret-key\n");
  const { code, out } = await call(["service", "install", "--config", config, "--dry-run"]);
  expect(code).toBe(0);
  expect(out).toContain("# /etc/systemd/system/misp-courier.service\n");
  expect(out).toContain(` run --config ${config}\n`);
  expect(out).toContain(`ReadWritePaths=${folder}/state\nReadWritePaths=/srv/lists-of-the-test\n`);
  expect(out).toContain("systemctl enable --now misp-courier.service");
  expect(out).not.toContain("a-secret-key");
});

test("a dry run of uninstalling shows what would go, and neither stops nor takes away anything", async () => {
  const { code, out, err } = await call(["service", "uninstall", "--instance", "of-a-test", "--dry-run"]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain("#   /etc/systemd/system/misp-courier@of-a-test.service.d\n");
  expect(out).toContain("#   systemctl disable --now misp-courier@of-a-test.service\n");
});

test("the folders of lists are made for all to read, state and log for the courier alone", async () => {
  const folder = aFolder();
  const config = join(folder, "config.yaml");
  const targets = "targets: {a: {type: csv, directory: ./lists}, b: {type: csv, directory: ./both}}";
  const rest = "state: ./state\nlog: {file: ./both/courier.log}\n";
  await writeFile(config, `misp: {url: "https://misp.example.org", key: k}\n${targets}\n${rest}`);
  const { out } = await call(["service", "install", "--config", config, "--dry-run"]);
  const made = [...out.matchAll(/install -d -m (\d+) (.*)/g)];
  expect(made.map(([, mode, path]) => [mode, path])).toEqual([
    ["0750", join(folder, "state")],
    ["0750", join(folder, "both")],
    ["0755", join(folder, "lists")],
  ]);
});

test("a program that npm linked to a home folder is told from one that the service can see", async () => {
  const folder = aFolder();
  await writeFile(join(folder, "environment"), "MISP_API_KEY=a-secret-key\n");
  const [, program = ""] = process.argv;
  onTestFinished(() => void process.argv.splice(1, 1, program));
  const linked = join(folder, "misp-courier");
  await symlink("/home", linked);
  process.argv[1] = linked;
  const config = await aConfig(folder);
  const { err } = await call(["service", "install", "--config", config, "--dry-run"]);
  expect(err).toContain("/home lies in a home folder, which the service cannot see");
});

test.each([
  ["a home folder", "/home/of-the-test/lists"],
  ["a temporary folder", "/var/tmp/of-the-test/lists"],
])("a folder of lists that is in %s is named as well", async (what, lists) => {
  const config = await aConfig(aFolder());
  const text = `misp: {url: "https://misp.example.org", key: k}\ntargets: {lists: {type: csv, directory: ${lists}}}\n`;
  await writeFile(config, text);
  const { err } = await call(["service", "install", "--config", config, "--dry-run"]);
  expect(err).toContain(`${lists} lies in ${what}, which the service cannot see`);
});

test("what systemd reads otherwise than the shell in the file of variables is named with its line", async () => {
  const folder = aFolder();
  const config = await aConfig(folder);
  const text = "# the key\nexport MISP_API_KEY=a-secret-key\nOTHER=a-secret # of ours\nQUOTED='a # b'\n";
  await writeFile(join(folder, "environment"), text);
  const { code, err } = await call(["service", "install", "--config", config, "--dry-run"]);
  expect(code).toBe(0);
  expect(err).toContain('environment:2: systemd knows no "export", and leaves MISP_API_KEY out');
  expect(err).toContain("environment:3: systemd takes the remark for part of OTHER");
  expect(err).not.toMatch(/environment:[14]|a-secret/);
});

test("the commands of a dry run are what a shell takes for the same words", async () => {
  const config = await aConfig(aFolder());
  const text = `misp: {url: "https://misp.example.org", key: k}\ntargets: {l: {type: csv, directory: "/srv/it's a list"}}\n`;
  await writeFile(config, text);
  const { out } = await call(["service", "install", "--config", config, "--dry-run"]);
  const command = /# {3}(install -d -m 0755 .*)/.exec(out)?.[1]?.replace("install -d -m 0755", "printf %s") ?? "";
  expect(execFileSync("sh", ["-c", command], { encoding: "utf8" })).toBe("/srv/it's a list");
  const script = /# {3}sh -c (.*)/.exec(out)?.[1] ?? "";
  expect(execFileSync("sh", ["-c", `printf %s ${script}`], { encoding: "utf8" })).toMatch(
    /^id -u 'misp-courier' .*'misp-courier'$/,
  );
});

test("a user whose group has another name gets the folders, and its own group", async () => {
  const folder = aFolder();
  const config = await aConfig(folder);
  await writeFile(join(folder, "environment"), "MISP_API_KEY=a-secret-key\n");
  const { code, out } = await call(["service", "install", "--config", config, "--user", "nobody", "--dry-run"]);
  expect(code).toBe(0);
  expect(out).toContain("User=nobody\n");
  expect(out).not.toContain("Group=");
  expect(out).toContain("#   chown nobody: /srv/lists-of-the-test\n");
});

test("a configuration with a mistake is not installed", async () => {
  const config = await aConfig(aFolder());
  const { code, err } = await call(["service", "install", "--config", config, "--dry-run"]);
  expect(code).toBe(78);
  expect(err).toContain("MISP_API_KEY");
});

test.each([
  [["service", "start"]],
  [["service"]],
  [["service", "install", "--instance", "a b; rm -rf"]],
  [["service", "install", "--user", "$(id)"]],
])("%j is refused", async (words) => {
  expect(await call([...words, "--dry-run"])).toMatchObject({ code: 64 });
});
