import { rename, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { NotNow } from "../../src/targets/target.ts";
import { anEntry } from "../support/entries.ts";
import { domain, type Files, openFiles, openTarget, text } from "./csv-directory.ts";
import { apply } from "./far-side.ts";

const { signal } = new AbortController();

const address = anEntry({ type: "ip-dst", value: "198.51.100.1" });

async function filled(): Promise<Files> {
  const files = await openFiles();
  expect(await files.target.bare?.([], signal)).toBe("everything");
  await apply(files, { add: [domain("a.example"), address] });
  await files.target.bare?.(["domain", "ip-dst"], signal);
  return files;
}

describe("a csv target tells which types have no file", () => {
  it("of those that it is asked about", async () => {
    const { target } = await filled();
    expect(await target.bare?.(["domain", "url"], signal)).toEqual(["url"]);
  });

  it("and of those that it has seen a file of, once", async () => {
    const { target, directory } = await filled();
    await rm(join(directory, "ip-dst.csv"));
    expect(await target.bare?.(["domain"], signal)).toEqual(["ip-dst"]);
    expect(await target.bare?.(["domain"], signal)).toEqual([]);
  });

  it("also of those whose file was there when it was opened", async () => {
    const { directory } = await filled();
    const target = await openTarget({}, directory);
    await rm(join(directory, "ip-dst.csv"));
    expect(await target.bare?.(["domain"], signal)).toEqual(["ip-dst"]);
  });

  it("also of those that a merged list is made of, out of which all their values have just gone", async () => {
    const { directory } = await filled();
    await rm(join(directory, "ip-dst.csv"));
    const target = await openTarget({ lists: { all: ["domain", "ip-dst"] } }, directory);
    expect(await target.bare?.([], signal)).toEqual(["ip-dst"]);
    expect(await target.bare?.([], signal)).toEqual([]);
  });

  it("also in layout broker, which makes those that are missing at the start", async () => {
    const { directory, target: first } = await openFiles({ layout: "broker" });
    await first.bare?.([], signal);
    const again = await openTarget({ layout: "broker" }, directory);
    expect(await again.bare?.(["domain"], signal)).toEqual([]);
    await rm(join(directory, "tsi_misp_domain.csv"));
    const target = await openTarget({ layout: "broker" }, directory);
    expect(await target.bare?.([], signal)).toEqual(["domain"]);
    expect(await target.bare?.(["domain"], signal)).toEqual([]);
  });

  it("and then none of those, once it has told that there was nothing at all", async () => {
    const files = await openFiles({ layout: "broker" });
    expect(await files.target.bare?.([], signal)).toBe("everything");
    await apply(files, { add: [domain("a.example"), address] });
    expect(await files.target.bare?.(["domain"], signal)).toEqual([]);
  });

  it("and takes one that was emptied to its last byte for none", async () => {
    const { target, directory } = await filled();
    await truncate(join(directory, "domain.csv"));
    expect(await target.bare?.(["domain"], signal)).toEqual(["domain"]);
  });

  it("and begins none anew that went away after it was asked", async () => {
    const files = await filled();
    await rm(join(files.directory, "domain.csv"));
    await expect(apply(files, { add: [domain("b.example")] })).rejects.toThrow(NotNow);
    expect(await files.target.bare?.(["domain"], signal)).toEqual(["domain"]);
    await apply(files, { add: [domain("a.example"), domain("b.example")] });
    expect(await text(files, "domain.csv")).toBe("value\na.example\nb.example\n");
  });

  it("but says NotNow while the whole directory is away, which holds what it holds", async () => {
    const { target, directory } = await filled();
    await rename(directory, `${directory}.away`);
    await expect(target.bare?.(["domain"], signal)).rejects.toThrow(NotNow);
    await rename(`${directory}.away`, directory);
    expect(await target.bare?.(["domain"], signal)).toEqual([]);
  });
});
