import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { stringify } from "yaml";
import { runCommandLine } from "../../src/cli/index.ts";
import { StandInMisp } from "../../src/demo/stand-in/stand-in-misp.ts";
import { TOPICS } from "../../src/misp/messages.ts";
import { readLists } from "../support/lists.ts";
import { eventually } from "../support/running-courier.ts";
import { CapturedTerminal } from "./captured-terminal.ts";

describe("a running courier whose configuration changes", () => {
  let misp: StandInMisp;
  let directory: string;
  let terminal: CapturedTerminal;
  let running: Promise<number>;
  let hangUp: () => void = () => {};

  beforeEach(async () => {
    // What it logs is read from its file.
    const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    onTestFinished(() => written.mockRestore());
    misp = await StandInMisp.open();
    directory = await mkdtemp(join(tmpdir(), "courier-"));
    terminal = new CapturedTerminal();
    const event = misp.addEvent({
      info: "Campaign",
      attributes: [
        { type: "domain", value: "evil.example" },
        { type: "ip-dst", value: "198.51.100.7" },
      ],
    });
    misp.publish(event.id);
    await configure({});
    const reload = (listener: () => void) => {
      hangUp = listener;
    };
    const { environment, out, err, colour, width, clock, signal } = terminal;
    const there = { environment, out, err, colour, width, clock, signal, reload };
    const heard = Promise.all(TOPICS.map((topic) => misp.heard(`${topic} `)));
    running = runCommandLine(["run", "--config", join(directory, "config.yaml")], there);
    await heard;
    await listed({ domain: ["evil.example"], "ip-dst": ["198.51.100.7"] });
  });

  afterEach(async () => {
    terminal.stop();
    expect(await running).toBe(0);
    await misp.close();
    await rm(directory, { recursive: true, force: true });
  });

  test("follows the changed file, once it is told to", async () => {
    await configure({ filter: [{ types: ["ip-dst"] }] });
    hangUp();
    await listed({ domain: [], "ip-dst": ["198.51.100.7"] });
    const { id } = misp.addEvent({ info: "Later", attributes: [{ type: "ip-dst", value: "198.51.100.8" }] });
    misp.publish(id);
    await listed({ domain: [], "ip-dst": ["198.51.100.7", "198.51.100.8"] });
  });

  test("follows the changed file by itself", async () => {
    await configure({ filter: [{ types: ["domain"] }] });
    await listed({ domain: ["evil.example"], "ip-dst": [] });
  });

  test("does not lose its lists to a slip in the changed file: the guard holds what that would take off", async () => {
    await configure({ guard: { max_removed: { at_least: 0 } }, filter: [{ types: ["md5"] }] });
    hangUp();
    await logged("beyond the guard's limits");
    await listed({ domain: ["evil.example"], "ip-dst": ["198.51.100.7"] });
    await configure({});
    hangUp();
    const { id } = misp.addEvent({ info: "Later", attributes: [{ type: "domain", value: "later.example" }] });
    misp.publish(id);
    await listed({ domain: ["evil.example", "later.example"], "ip-dst": ["198.51.100.7"] });
  });

  test("says what the changed file will bring before it takes effect: counts, samples, what lists name, what the guard holds", async () => {
    // Not where the courier looks already: it would heed the list before it is told to reload.
    await mkdir(join(directory, "named", "top"), { recursive: true });
    const list = {
      name: "Top sites",
      version: 1,
      description: "",
      type: "hostname",
      matching_attributes: ["domain"],
      list: ["evil.example"],
    };
    await writeFile(join(directory, "named", "top", "list.json"), JSON.stringify(list));
    const more = { type: "csv", directory: "./more" };
    await configure({
      filter: [{ types: ["ip-dst"] }],
      guard: { max_removed: { at_least: 0 } },
      targets: { blocklists: { type: "csv", directory: "./lists" }, more },
      warninglists: { directory: "./named", roles: { "Top sites": "inform" } },
    });
    hangUp();
    await logged("misp-courier has stopped");
    const log = await readFile(join(directory, "courier.log"), "utf8");
    const [before = ""] = log.split("misp-courier has stopped");
    expect(before).toMatch(
      /brings a target target=blocklists isNew=false holds=2 add=0 renew=0 remove=1 .*filtered.*evil\.example/,
    );
    expect(before).toMatch(/brings a target target=more isNew=true holds=0 add=1 renew=0 remove=0 .*198\.51\.100\.7/);
    expect(before).toMatch(/adds or removes what lists name target=blocklists count=1 .*evil\.example.*Top sites/);
    expect(before).toMatch(/The guard would hold what the changed configuration brings target=blocklists/);
    await logged("beyond the guard's limits");
    await listed({ domain: ["evil.example"], "ip-dst": ["198.51.100.7"] });
    expect((await readdir(join(directory, "state"))).filter((name) => name.startsWith("plan-"))).toEqual([]);
  });

  test("says how much stays behind where a target gets another place", async () => {
    await configure({ targets: { blocklists: { type: "csv", directory: "./elsewhere" } } });
    hangUp();
    await logged("misp-courier has stopped");
    const log = await readFile(join(directory, "courier.log"), "utf8");
    expect(log).toMatch(/another place; the former one keeps what it holds target=blocklists holds=2/);
    await listed({ domain: ["evil.example"], "ip-dst": ["198.51.100.7"] });
  });

  test("goes by the newest file when it changes again at once", async () => {
    await configure({ filter: [{ types: ["md5"] }] });
    hangUp();
    await configure({ filter: [{ types: ["ip-dst"] }] });
    hangUp();
    await listed({ domain: [], "ip-dst": ["198.51.100.7"] });
  });

  test("keeps to what is in force when the file is wrong, and says every mistake", async () => {
    await configure({ filter: [{ type: ["domain"] }], gurad: {} });
    hangUp();
    await logged("The changed configuration is refused", "gurad", "filter[0].type");
    const { id } = misp.addEvent({ info: "Later", attributes: [{ type: "domain", value: "later.example" }] });
    misp.publish(id);
    await listed({ domain: ["evil.example", "later.example"], "ip-dst": ["198.51.100.7"] });
  });

  test("says what is wrong with the file in the log that is in force, not in the one that it began with", async () => {
    await configure({ log: { file: "./later.log", format: "json" } });
    hangUp();
    const later = join(directory, "later.log");
    await eventually(async () => expect(await readFile(later, "utf8")).toContain("misp-courier starts"));
    await configure({ gurad: {} });
    hangUp();
    await eventually(async () => expect(await readFile(later, "utf8")).toContain("gurad"));
    const lines = (await readFile(later, "utf8")).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).message)).toContainEqual(expect.stringContaining("is refused"));
    expect(await readFile(join(directory, "courier.log"), "utf8")).not.toContain("is refused");
  });

  test("keeps to what is in force when the new one cannot be put to work", async () => {
    await writeFile(join(directory, "in-the-way"), "");
    await configure({ state: "./in-the-way/state" });
    hangUp();
    await logged("The new configuration cannot be put to work");
    const { id } = misp.addEvent({ info: "Later", attributes: [{ type: "domain", value: "later.example" }] });
    misp.publish(id);
    await listed({ domain: ["evil.example", "later.example"], "ip-dst": ["198.51.100.7"] });
  });

  test("tries again what could not be put to work when it is told to, once nothing is in the way any more", async () => {
    const inTheWay = join(directory, "in-the-way");
    await writeFile(inTheWay, "");
    await configure({ state: "./in-the-way/state" });
    hangUp();
    await logged("The new configuration cannot be put to work");
    await rm(inTheWay);
    hangUp();
    await eventually(async () => expect(await readdir(join(inTheWay, "state"))).toContain("ledger.sqlite"));
  });

  async function configure(settings: object): Promise<void> {
    const plain = {
      misp: { url: misp.url, key: misp.key, zeromq: misp.endpoint, timeout: "5s" },
      targets: { blocklists: { type: "csv", directory: "./lists" } },
      http: { listen: "127.0.0.1:0" },
      state: "./state",
      log: { file: "./courier.log" },
    };
    await writeFile(join(directory, "config.yaml"), stringify({ ...plain, ...settings }));
  }

  function listed(lists: Record<string, string[]>): Promise<void> {
    return eventually(async () => expect(await readLists(join(directory, "lists"))).toMatchObject(lists));
  }

  function logged(...words: string[]): Promise<void> {
    return eventually(async () => {
      const log = await readFile(join(directory, "courier.log"), "utf8");
      for (const word of words) expect(log).toContain(word);
    });
  }
});
