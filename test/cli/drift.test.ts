import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RunningCourier } from "../support/running-courier.ts";
import { call } from "./captured-terminal.ts";

describe("drift", () => {
  let courier: RunningCourier;
  let config: string;
  let file: string;
  const values = Array.from({ length: 10 }, (_, n) => `d${n}.example`);

  beforeAll(async () => {
    courier = await RunningCourier.start();
    config = join(courier.directory, "config.yaml");
    file = join(courier.directory, "lists", "domain.csv");
    const attributes = values.map((value) => ({ type: "domain", value }));
    const { id } = courier.misp.addEvent({ info: "ten domains", attributes });
    courier.misp.publish(id);
    await courier.listed("domain", ...values);
  });

  afterAll(() => courier[Symbol.asyncDispose]());

  const drift = (...words: string[]) => call(["drift", ...words, "--config", config]);
  const halve = () => writeFile(file, `value\n${values.slice(5).join("\n")}\nby.hand\u001b[2J\n`);

  test("beside a running courier finds that a list holds what it should", async () => {
    expect(await drift()).toMatchObject({ code: 0, out: "blocklists: holds what it should (10 found, 10 expected)" });
  });

  test("beside a running courier has a list that shrank to half filled again, with a stranger's line left where it is", async () => {
    await halve();
    const { code, out } = await drift("blocklists");
    expect(code).toBe(1);
    expect(out).toContain("5  missing, such as\n      domain d0.example");
    expect(out).toMatch(/1 {2}others' \(left alone\), such as\n +by\.hand\\u\{1b\}/);
    expect(await courier.list("domain")).toHaveLength(6);
    expect((await drift("--repair")).code).toBe(0);
    await courier.listed("domain", ...values, "by.hand\u001b[2J");
    expect((await drift()).code).toBe(0);
  });

  test("beside a running courier says so where the target cannot be read", async () => {
    const { code, out } = await call(["drift", "--config", config, "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([{ target: "blocklists", found: 11, held: 10, missing: 0, foreign: 1 }]);
    const lists = join(courier.directory, "lists");
    await rename(lists, `${lists}.away`);
    const gone = await drift();
    expect(gone.code).toBe(69);
    expect(gone.out).toContain("blocklists: cannot be read now: cannot read");
    const repaired = await drift("--repair");
    expect(repaired.code).toBe(69);
    expect(repaired.out).not.toContain("marked");
    await rename(`${lists}.away`, lists);
  });

  test("on a stopped courier marks what is lost, and the next start sends it", async () => {
    await courier.stop();
    await halve();
    const { code, out } = await drift("--repair");
    expect(code).toBe(0);
    expect(out).toContain("5  missing");
    expect(out).toContain("The differences are marked");
    expect(await courier.list("domain")).toHaveLength(6);
    await courier.start();
    await courier.listed("domain", ...values, "by.hand\u001b[2J");
  });

  test("on a stopped courier forgets nothing of a target that this configuration has elsewhere", async () => {
    await courier.stop();
    const other = join(courier.directory, "other.yaml");
    const text = await readFile(config, "utf8");
    await writeFile(other, text.replace("directory: ./lists", "directory: ./elsewhere"));
    const { code, out } = await call(["drift", "--config", other]);
    expect(code).toBe(69);
    expect(out).toContain("blocklists: cannot be read now: it has another place");
    expect(await drift()).toMatchObject({ code: 0, out: expect.stringContaining("10 expected") });
  });

  describe("with a target that can never be read", () => {
    const HOOK = {
      hook: { type: "webhook", url: "http://127.0.0.1:1/", secret: "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0" },
    };

    beforeAll(async () => {
      await courier.stop();
      await courier.start({ targets: { blocklists: { type: "csv", directory: "./lists" }, ...HOOK } });
      await courier.listed("domain", ...values, "by.hand\u001b[2J");
    });

    const tells = async () => {
      const { code, out } = await drift();
      expect(code).toBe(0);
      expect(out).toMatch(/^blocklists: holds what it should.*(\n .*)*\nhook: cannot be read back$/);
      await rename(file, `${file}.away`);
      expect(await drift()).toMatchObject({ code: 1, out: expect.stringContaining("10  missing") });
      await rename(`${file}.away`, file);
      const [, hook] = JSON.parse((await drift("--json")).out);
      expect(hook).toEqual({ target: "hook", problem: "it cannot be read back", readable: false });
      expect(await drift("hook")).toMatchObject({ code: 0, out: "hook: cannot be read back" });
    };

    test("beside a running courier tells so, and of what differs elsewhere", tells);

    test("on a stopped courier tells the same", async () => {
      await courier.stop();
      await tells();
    });
  });

  test("of a target that there is not names those that there are", async () => {
    const { code, err } = await drift("blocklist");
    expect(code).toBe(64);
    expect(err).toContain("there is blocklists");
  });
});

test("drift beside a courier that still asks MISP for the first time says to come back", async () => {
  await using courier = await RunningCourier.start();
  await courier.forget();
  courier.misp.faults.restDelay = 2_000;
  await courier.start();
  const config = join(courier.directory, "config.yaml");
  expect(await call(["drift", "--config", config])).toMatchObject({
    code: 69,
    out: "blocklists: cannot be read now: the courier does not know yet what it is to hold",
  });
});
