import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { anEntry } from "../support/entries.ts";
import { domain, hostname, openFiles, openTarget, text, trace } from "./csv-directory.ts";
import { apply } from "./far-side.ts";

describe("the merged lists of a csv target", () => {
  const lists = { names: ["domain", "hostname"] };

  it("exist from the start and hold each value of their types once", async () => {
    const files = await openFiles({ lists });
    expect(await text(files, "names.txt")).toBe("");
    await apply(files, {
      add: [domain("a.example"), hostname("a.example"), hostname("b.example"), anEntry({ type: "md5" })],
    });
    expect(await text(files, "names.txt")).toBe("a.example\nb.example\n");
  });

  it("keep a value as long as one of their types has it", async () => {
    const files = await openFiles({ lists });
    await apply(files, { add: [domain("a.example"), hostname("a.example"), hostname("b.example")] });
    await apply(files, { remove: [domain("a.example")] });
    expect(await text(files, "names.txt")).toBe("a.example\nb.example\n");
    await apply(files, { remove: [hostname("a.example")] });
    expect(await text(files, "names.txt")).toBe("b.example\n");
  });

  it("keep it also where somebody saved the file of that type with quotes around everything", async () => {
    const files = await openFiles({ lists });
    await apply(files, { add: [domain("a.example"), hostname("a.example"), hostname("b.example")] });
    await writeFile(join(files.directory, "hostname.csv"), '"value"\n"a.example"\n"b.example"\n');
    await apply(files, { remove: [domain("a.example")] });
    expect(await text(files, "names.txt")).toBe("a.example\nb.example\n");
    await apply(files, { remove: [hostname("a.example")] });
    expect(await text(files, "names.txt")).toBe("b.example\n");
  });

  it("are not touched by types that are not theirs", async () => {
    const files = await openFiles({ lists });
    await apply(files, { add: [domain("a.example")] });
    const before = (await trace(files)).filter((file) => file.name === "names.txt");
    await apply(files, { add: [anEntry({ type: "md5", value: "d41d8cd98f00b204e9800998ecf8427e" })] });
    expect((await trace(files)).filter((file) => file.name === "names.txt")).toEqual(before);
  });

  it("catch up with CSV files that were written just before a crash", async () => {
    const files = await openFiles({ lists });
    await apply(files, { add: [domain("a.example"), domain("é.example")] });
    await writeFile(join(files.directory, "names.txt"), "");
    await apply(files, { add: [domain("a.example")] });
    expect(await text(files, "names.txt")).toBe("a.example\n");
    await openTarget({ lists }, files.directory);
    expect(await text(files, "names.txt")).toBe("a.example\né.example\n");
  });

  it("are made anew where somebody saved them with a byte order mark, which hides their first value", async () => {
    const files = await openFiles({ lists });
    await apply(files, { add: [domain("a.example"), domain("b.example"), hostname("c.example")] });
    await writeFile(join(files.directory, "names.txt"), "\ufeffa.example\r\nb.example\r\nc.example\r\n");
    await apply(files, { remove: [domain("a.example")] });
    expect(await text(files, "names.txt")).toBe("b.example\nc.example\n");
  });

  it("come back whole when somebody deleted them", async () => {
    const files = await openFiles({ lists });
    await apply(files, { add: [domain("a.example"), hostname("b.example")] });
    await rm(join(files.directory, "names.txt"));
    await apply(files, { add: [domain("c.example")] });
    expect(await text(files, "names.txt")).toBe("a.example\nc.example\nb.example\n");
  });

  it("follow a change of their types at the next start, and are otherwise left as they are", async () => {
    const files = await openFiles({ lists });
    await apply(files, { add: [hostname("b.example")] });
    await apply(files, { add: [domain("a.example"), domain('c,"d')] });
    const before = await trace(files);
    await openTarget({ lists }, files.directory);
    expect(await trace(files)).toEqual(before);
    await openTarget({ lists: { names: ["domain"] } }, files.directory);
    expect(await text(files, "names.txt")).toBe('a.example\nc,"d\n');
  });
});
