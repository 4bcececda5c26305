import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { csvName } from "../../src/targets/csv/names.ts";
import { anEntry } from "../support/entries.ts";
import { domain, openFiles, text } from "./csv-directory.ts";
import { apply } from "./far-side.ts";

describe("the name of a type's file", () => {
  it("is the type's own as far as a file name can be", () => {
    expect(csvName("ip-dst", "plain")).toBe("ip-dst.csv");
    expect(csvName("sha512/256", "plain")).toBe("sha512_256.csv");
    expect(csvName("named pipe", "plain")).toBe("named_pipe.csv");
    expect(csvName("AS", "broker")).toBe("tsi_misp_AS.csv");
    expect(csvName("ip-dst|port", "broker")).toBe("tsi_misp_ip-dst_port.csv");
  });

  it("is never that of another type, nor outside the directory", () => {
    const types = [
      "domain|ip",
      "domain_ip",
      "domain/ip",
      "as",
      "AS",
      "As",
      "../x",
      "..|x",
      "",
      "x".repeat(300),
      ".a",
      "_a",
    ];
    const names = types.map((type) => csvName(type, "plain"));
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(types.length);
    for (const name of names) expect(name).toMatch(/^[\w-][\w.-]{0,120}\.csv$|^\.csv$/);
  });
});

describe("the broker layout of a csv target", () => {
  it("has MISP-Broker's 24 files from the start and gives composite types joined", async () => {
    const files = await openFiles({ layout: "broker" });
    expect(await readdir(files.directory)).toHaveLength(24);
    expect(await text(files, "tsi_misp_filename_sha256.csv")).toBe("value\n");
    await apply(files, { add: [anEntry({ type: "domain|ip", value: "a.example|192.0.2.1" })] });
    expect(await text(files, "tsi_misp_domain_ip.csv")).toBe("value\na.example|192.0.2.1\n");
  });

  it("takes over the files of that program", async () => {
    const files = await openFiles();
    await writeFile(join(files.directory, "tsi_misp_domain.csv"), "value\r\nold.example\nnew.example\n");
    const broker = await openFiles({ layout: "broker" }, files.directory);
    await apply(broker, { remove: [domain("old.example")] });
    expect(await text(files, "tsi_misp_domain.csv")).toBe("value\nnew.example\n");
  });
});
