import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openLog } from "../../src/log.ts";
import { SightingType } from "../../src/model/misp.ts";
import { aFolder } from "../support/a-folder.ts";
import { hostileText } from "../support/hostile-text.ts";
import { eventually, RunningCourier } from "../support/running-courier.ts";

const COLUMNS = ["value", "comment", "event", "organisation", "tags"];
/** What a URL of ours looks like: no stranger's text is in it as it was. */
const OUR_PATHS = /^\/(servers|users|organisations|attributes|events|sightings|tags|warninglists)\/[\w/:%.-]+$/;

/** A row of a CSV file, or the reason why it is none, by RFC 4180 to the letter. */
function fieldsOf(line: string): string[] {
  const fields: string[] = [];
  let rest = `,${line}`;
  while (rest !== "") {
    const [whole = "", quoted, plain] = /^,(?:"((?:[^"]|"")*)"|([^",]*))/.exec(rest) ?? [];
    if (whole === "") throw new Error(`${JSON.stringify(line)} is no row at ${JSON.stringify(rest)}`);
    fields.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    rest = rest.slice(whole.length);
  }
  return fields;
}

test("whatever strangers write into MISP keeps to its line, cell, URL and line of the log", {
  timeout: 120_000,
}, async () => {
  const text = fc.sample(hostileText(), { numRuns: 240, seed: 11 });
  const at = (index: number) => text[index % text.length] ?? "";
  const target = { type: "csv", directory: "./lists", columns: COLUMNS, lists: { all: ["text", "domain", "url"] } };
  const logFile = join(aFolder(), "courier.log");
  const log = openLog({ level: "debug", format: "json", file: logFile }, []);
  await using courier = await RunningCourier.start({ targets: { blocklists: target } }, { log });
  const { misp } = courier;
  for (let index = 0; index < text.length; index += 6) {
    const attributes = ["text", "url", "domain", "filename", "text", "user-agent"].map((type, offset) => {
      return { type, value: at(index + offset) || "x", comment: at(index + offset + 1), toIds: true };
    });
    const tags = [at(index + 2).slice(0, 200) || "tag"];
    const { id, attributes: made } = misp.pullFromServer({
      organisation: {
        name: at(index + 3) || "org",
        uuid: `7a1f0c52-6c0b-4d8e-9f7e-${String(index).padStart(12, "0")}`,
      },
      info: at(index + 4),
      tags,
      attributes,
    });
    misp.sight(made[0]?.id ?? 0, { type: SightingType.seen, source: at(index + 5) });
    misp.publish(id);
  }
  const last = misp.addEvent({ info: "last", attributes: [{ type: "hostname", value: "last.example" }] });
  misp.publish(last.id);
  await eventually(async () => expect((await courier.list("hostname"))?.join()).toContain("last.example"), 60_000);
  await courier.stop();

  let held = 0;
  for (const type of ["text", "url", "domain", "filename", "user-agent"]) {
    const content = await readFile(join(courier.directory, "lists", `${type}.csv`), "utf8").catch(() => "value\n");
    const rows = content.split("\n").slice(1, -1).map(fieldsOf);
    held += rows.length;
    expect(rows.filter((row) => row.length !== COLUMNS.length)).toEqual([]);
    // Nothing that a spreadsheet, a terminal or a reader of lines takes for more than text.
    expect(rows.flat().filter((field) => /[\p{Cc}\u2028\u2029]/u.test(field))).toEqual([]);
  }
  expect(held).toBeGreaterThan(50);
  expect(misp.requests.map(({ path }) => path).filter((path) => !OUR_PATHS.test(path))).toEqual([]);
  const lines = (await readFile(logFile, "utf8")).split(/\r\n|[\n\r\u0085\u2028\u2029]/u).slice(0, -1);
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ message: expect.any(String) });
});
