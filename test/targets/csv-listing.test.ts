import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { csv } from "../../src/targets/csv.ts";
import { type Found, NotNow } from "../../src/targets/target.ts";
import { anEntry, anOrigin } from "../support/entries.ts";
import { domain, type Files, openFiles } from "./csv-directory.ts";
import { apply } from "./far-side.ts";

async function listed({ target }: Files): Promise<Found[]> {
  const found: Found[] = [];
  for await (const page of target.list?.(new AbortController().signal) ?? []) found.push(...page);
  return found;
}

describe("the files of a csv target, read back", () => {
  it.each(["plain", "broker"])("are what was written in layout %s, whatever the values", async (layout) => {
    const entries = [
      domain("a.example"),
      anEntry({ type: "user-agent", value: 'say "hello", é😀' }),
      anEntry({ type: "sha512/256", value: "aa" }),
      anEntry({ type: "AS", value: "64496" }),
    ];
    const pair = anEntry({ type: "domain|ip", value: "a.example|192.0.2.1" });
    const held = layout === "broker" ? [...entries, pair] : entries;
    const files = await openFiles({ layout });
    await apply(files, { add: held });
    const found = (await listed(files)).map(({ indicator }) => indicator);
    expect(found).toHaveLength(held.length);
    expect(found).toEqual(expect.arrayContaining(held.map(({ type, value }) => ({ type, value }))));
  });

  it("show what the kind says that they show", async () => {
    const settings = { columns: ["value", "comment", "score"], formula_guard: "quote-prefix" };
    const entry = anEntry({ value: "=1.example", origins: [anOrigin({ comment: 'one, "two"' })] });
    const files = await openFiles(settings);
    await apply(files, { add: [entry] });
    const shows = csv.shows(csv.settings.parse({ directory: files.directory, ...settings }));
    const [found] = await listed(files);
    expect(found?.indicator).toEqual({ type: "domain", value: "=1.example" });
    expect(found?.shows).toBe(shows(entry));
  });

  it("show of a formula whether it is disarmed, so that one written before is written again", async () => {
    const settings = { formula_guard: "quote-prefix" };
    const entry = anEntry({ value: "=1.example" });
    const { directory } = await openFiles();
    const shows = csv.shows(csv.settings.parse({ directory, ...settings }));
    expect(shows(entry)).not.toBe(csv.shows(csv.settings.parse({ directory }))(entry));
    await apply(await openFiles({}, directory), { add: [entry] });
    const guarded = await openFiles(settings, directory);
    expect((await listed(guarded))[0]?.shows).not.toBe(shows(entry));
    await apply(guarded, { renew: [entry] });
    expect((await listed(guarded)).map((found) => found.shows)).toEqual([shows(entry)]);
  });

  it("have what a merged list lacks shown as other than it should be", async () => {
    const files = await openFiles({ lists: { all: ["domain"] } });
    await apply(files, { add: [domain("a.example"), domain("b.example")] });
    await writeFile(join(files.directory, "all.txt"), "b.example\n");
    const shows = new Map((await listed(files)).map(({ indicator, shows }) => [indicator?.value, shows]));
    expect(shows).toEqual(
      new Map([
        ["a.example", "not in all.txt"],
        ["b.example", ""],
      ]),
    );
    await rm(join(files.directory, "all.txt"));
    expect((await listed(files)).every((found) => found.shows === "not in all.txt")).toBe(true);
  });

  it("leave out files of others, and hold nothing where one is gone", async () => {
    const files = await openFiles();
    await apply(files, { add: [domain("a.example"), anEntry({ type: "url", value: "http://a.example/" })] });
    await rm(join(files.directory, "url.csv"));
    await writeFile(join(files.directory, "README"), "not a list\n");
    expect((await listed(files)).map(({ label }) => label)).toEqual(["a.example in domain.csv"]);
  });

  it("are not empty only because their directory is gone", async () => {
    const files = await openFiles();
    await apply(files, { add: [domain("a.example")] });
    await rename(files.directory, `${files.directory}.away`);
    await expect(listed(files)).rejects.toThrow(NotNow);
    await rename(`${files.directory}.away`, files.directory);
  });
});
