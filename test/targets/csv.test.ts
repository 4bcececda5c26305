import { execFileSync } from "node:child_process";
import { mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { csv } from "../../src/targets/csv.ts";
import { targetKinds } from "../../src/targets/index.ts";
import { NotNow } from "../../src/targets/target.ts";
import { aDelta, anEntry } from "../support/entries.ts";
import { targetContract, type UnderTest } from "./contract.ts";
import { domain, type Files, openFiles, openTarget, text, trace } from "./csv-directory.ts";
import { apply } from "./far-side.ts";

const common: Omit<UnderTest<Files>, "open"> = {
  trace,
  freeTextType: "user-agent",
  unacceptable: [
    domain(""),
    domain("good.example\nevil.example"),
    domain("a\u0085b"),
    domain("a\u2028b"),
    domain("a\u0000"),
    domain("a\u007f"),
    domain("\ud800"),
    anEntry({ type: "domain|ip", value: "a.example|192.0.2.1" }),
  ],
  outage: async ({ directory }) => {
    await rename(directory, `${directory}.away`);
    return () => rename(`${directory}.away`, directory);
  },
  foreign: async (files) => {
    await writeFile(join(files.directory, "domain.csv"), "by.hand\n", { flag: "a" });
    return async () => (await text(files, "domain.csv")).includes("\nby.hand\n");
  },
};

targetContract("csv", { ...common, open: () => openFiles() });
targetContract("csv with columns and lists", {
  ...common,
  open: () => openFiles({ columns: ["value", "tags", "score", "expires"], lists: { all: ["domain", "user-agent"] } }),
});

describe("the files of a csv target", () => {
  it("stand in the registry under their type", () => {
    expect(targetKinds.csv?.summary).toBe(csv.summary);
  });

  it("have a header, one row a value, quotes where CSV needs them, and are readable for all", async () => {
    const files = await openFiles();
    await apply(files, { add: [domain("b.example"), domain("a.example"), anEntry({ type: "uri", value: '/a,"b' })] });
    expect(await text(files, "domain.csv")).toBe("value\nb.example\na.example\n");
    expect(await text(files, "uri.csv")).toBe('value\n"/a,""b"\n');
    expect((await stat(join(files.directory, "domain.csv"))).mode & 0o777).toBe(0o644);
  });

  it("keep their inode and time when a delta is applied again", async () => {
    const files = await openFiles({ lists: { all: ["domain"] } });
    await apply(files, { add: [domain("a.example"), domain("b.example")] });
    const before = await trace(files);
    await apply(files, { renew: [domain("a.example")], remove: [domain("c.example")] });
    expect(await trace(files)).toEqual(before);
  });

  it("keep their header when the last value goes", async () => {
    const files = await openFiles();
    await apply(files, { add: [domain("a.example")] });
    await apply(files, { remove: [domain("a.example")] });
    expect(await text(files, "domain.csv")).toBe("value\n");
  });

  it("come back with what a delta adds when somebody deleted them", async () => {
    const files = await openFiles();
    await apply(files, { add: [domain("a.example")] });
    await rm(join(files.directory, "domain.csv"));
    await apply(files, { add: [domain("b.example")] });
    expect(await text(files, "domain.csv")).toBe("value\nb.example\n");
  });

  it("lose what is to be removed also where somebody saved them with a byte order mark and quotes around everything", async () => {
    const files = await openFiles();
    const kept = anEntry({ type: "domain", value: 'c,"d' });
    await apply(files, { add: [domain("a.example"), domain("b.example"), kept] });
    await writeFile(join(files.directory, "domain.csv"), '\ufeff"value"\r\n"a.example"\r\n"b.example"\r\n"c,""d"\r\n');
    await apply(files, {
      remove: [domain("a.example")],
      renew: [domain("b.example"), kept],
      add: [domain("e.example")],
    });
    expect(await text(files, "domain.csv")).toBe('value\n"c,""d"\r\ne.example\nb.example\n');
    await writeFile(join(files.directory, "domain.csv"), "\ufeffvalue\nb.example\n");
    await apply(files, { remove: [domain("b.example")] });
    expect(await text(files, "domain.csv")).toBe("value\n");
  });

  it("take many changes at once as well as one", async () => {
    const files = await openFiles();
    const many = Array.from({ length: 300 }, (_, n) => domain(`host-${n}.example`));
    await apply(files, { add: many });
    await apply(files, { add: [domain("new.example")], remove: many.slice(1, 299) });
    expect(await text(files, "domain.csv")).toBe("value\nhost-0.example\nhost-299.example\nnew.example\n");
  });

  it("lose the temporary files of an interrupted run when opened, and nothing else", async () => {
    const { directory } = await openFiles();
    await writeFile(join(directory, ".domain.csv.0123456789ab.courier"), "val");
    await writeFile(join(directory, ".keep"), "");
    await openTarget({}, directory);
    expect(await readdir(directory)).toEqual([".keep"]);
  });

  it("lose what is to be removed, or say NotNow, when their directory goes away in the middle of it", async () => {
    const files = await openFiles();
    const away = `${files.directory}.away`;
    for (let turn = 0; turn < 60; turn += 1) {
      await apply(files, { add: [domain("a.example")] });
      const removal = apply(files, { remove: [domain("a.example")] }).then(
        () => "removed",
        (error: unknown) => error,
      );
      for (let step = 0; step < turn % 10; step += 1) await setImmediate();
      await rename(files.directory, away);
      const outcome = await removal;
      await rename(away, files.directory);
      const held = (await text(files, "domain.csv")).includes("a.example");
      expect([outcome === "removed", outcome instanceof NotNow, held]).not.toEqual([true, false, true]);
      expect(outcome === "removed" || outcome instanceof NotNow).toBe(true);
    }
  });

  it("are left alone by a try that was given up while their disk stood still, once that goes on", async () => {
    const files = await openFiles({ lists: { names: ["domain"] } });
    const path = join(files.directory, "domain.csv");
    // Whoever reads a pipe waits until somebody writes.
    execFileSync("mkfifo", [path]);
    const given = new AbortController();
    const late = files.target.apply(aDelta({ add: [domain("late.example")] }), given.signal);
    const disk = await open(path, "w");
    given.abort();
    await rm(path);
    await writeFile(path, "value\nwithdrawn.example\n");
    await apply(files, { remove: [domain("withdrawn.example")], add: [domain("new.example")] });
    await disk.writeFile("value\nwithdrawn.example\n");
    await disk.close();
    await expect(late).rejects.toThrow();
    expect(await text(files, "domain.csv")).toBe("value\nnew.example\n");
    expect((await readdir(files.directory)).sort()).toEqual(["domain.csv", "names.txt"]);
  });

  it("say NotNow with the file and the code when one of them cannot be replaced", async () => {
    const files = await openFiles();
    await mkdir(join(files.directory, "domain.csv"));
    const failure = await apply(files, { add: [domain("b.example")] }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NotNow);
    expect(String(failure)).toMatch(/cannot replace .*domain\.csv: EISDIR/);
  });
});

describe("the settings of a csv target", () => {
  it("name the same place however the directory is spelt", () => {
    const place = (directory: string) => csv.place(csv.settings.parse({ directory }));
    for (const directory of ["lists", "lists/", "./lists//", "a/../lists"])
      expect(place(directory)).toBe(place("./lists"));
    expect(new Set(["lists", "/lists", "../lists", "/"].map(place)).size).toBe(4);
  });

  const problems = (settings: object) => csv.settings.safeParse({ directory: "d", ...settings }).error?.issues.length;

  it("need a directory and nothing else", () => {
    expect(problems({})).toBeUndefined();
    expect(csv.settings.safeParse({}).success).toBe(false);
  });

  it("refuse what they do not know or what could never work", () => {
    expect(problems({ colums: ["value"] })).toBe(1);
    expect(problems({ columns: ["score", "value"] })).toBe(1);
    expect(problems({ columns: ["value", "value"] })).toBe(1);
    expect(problems({ lists: { "../names": ["domain"] } })).toBe(1);
    expect(problems({ lists: { pairs: ["domain|ip"] } })).toBe(1);
    expect(problems({ lists: { pairs: ["domain|ip"] }, layout: "broker" })).toBeUndefined();
  });
});
