import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editLines } from "../../src/targets/lines/edit.ts";
import type { LineFormat } from "../../src/targets/lines/format.ts";
import { findLines, scanLines, searchLines } from "../../src/targets/lines/search.ts";

const CSV: LineFormat = { header: "value,score", fields: true };
const LIST: LineFormat = { header: null, fields: false };

function edited(content: string, format: LineFormat, changes: Record<string, string | null>): string | undefined {
  return editLines(Buffer.from(content), format, new Map(Object.entries(changes)))?.toString();
}

describe("editing lines", () => {
  it("keeps a line in its place that is as wanted, and puts what is missing at the end", () => {
    expect(edited("value,score\na,1\nb,2\n", CSV, { a: "a,1", c: "c,3" })).toBe("value,score\na,1\nb,2\nc,3\n");
  });

  it("replaces a line that says something else, and drops second copies", () => {
    expect(edited("value,score\na,1\nb,2\na,1\n", CSV, { a: "a,5" })).toBe("value,score\nb,2\na,5\n");
    expect(edited("value,score\na,1\nb,2\na,1\n", CSV, { a: "a,1" })).toBe("value,score\na,1\nb,2\n");
  });

  it("says that nothing changes when nothing does", () => {
    expect(edited("value,score\na,1\n", CSV, { a: "a,1", b: null })).toBeUndefined();
    expect(edited("a\n", LIST, { a: "a", b: null })).toBeUndefined();
  });

  it("writes its own header over another one, and above entries that have none", () => {
    expect(edited("value\r\na\n", CSV, {})).toBe("value,score\na\n");
    expect(edited("a\nb\n", CSV, { a: null })).toBe("value,score\nb\n");
    expect(edited("", CSV, {})).toBe("value,score\n");
  });

  it("takes a value that is called like the header for an entry", () => {
    expect(edited("value,score\nvalue,1\n", CSV, { value: null })).toBe("value,score\n");
  });

  it("understands lines that end as on other systems, and a last line that does not end", () => {
    expect(edited("a\r\nb\r\nc", LIST, { a: null, b: "b", d: "d" })).toBe("b\r\nc\nd\n");
  });

  it("keeps bytes that are no text at all", () => {
    const content = Buffer.from([0xff, 0xfe, 0x0a, 0x61, 0x0a]);
    expect(editLines(content, LIST, new Map([["a", null]]))).toEqual(Buffer.from([0xff, 0xfe, 0x0a]));
  });
});

describe("finding lines", () => {
  const short = fc.constantFrom("a", "ab", "b", "1.2.3.4", "é", '"a"', '"a,b"', '"a""b"', '""""', "value", "'");
  // More than is looked at to tell lines apart.
  const long = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 30, maxLength: 36 });
  const middling = fc.string({ unit: fc.constantFrom("a", "é"), minLength: 3, maxLength: 9 });
  const field = fc.oneof(short, middling, long);
  const line = fc.oneof(
    field,
    fc.tuple(field, fc.constantFrom(",", ",x", ',"y"', '"', "z", "\r", ",\r")).map(([name, rest]) => name + rest),
    fc.string({ unit: fc.constantFrom("a", "b", '"', ",", "é", "\r"), maxLength: 6 }),
  );
  const content = fc
    .tuple(fc.array(line, { maxLength: 20 }), fc.constantFrom("", "\n", "\r\n"))
    .map(([lines, last]) => Buffer.from(lines.join("\n") + last));
  const format = fc.constantFrom(CSV, LIST, { header: "value", fields: true }, { header: null, fields: true });

  it("gives the same lines by searching for each field and by looking at every line", () => {
    fc.assert(
      fc.property(content, format, fc.uniqueArray(field), (bytes, lines, fields) => {
        expect(searchLines(bytes, lines, fields)).toEqual(scanLines(bytes, lines, new Set(fields)));
      }),
      { numRuns: 2000 },
    );
  });

  it("finds all of many fields", () => {
    const names = Array.from({ length: 500 }, (_, n) => `host-${n}.example`);
    const found = findLines(Buffer.from(`value,score\n${names.join("\n")}\n`), CSV, new Set(names));
    expect(found.map((one) => one.field)).toEqual(names);
  });
});

describe("a file edited again and again", () => {
  const value = fc.integer({ min: 0, max: 40 }).map((n) => `v${n}`);
  const change = fc.tuple(value, fc.option(fc.integer({ min: 0, max: 3 })));

  it("has the rows that a plain map would have, however many change at once", () => {
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 30 }), { maxLength: 6 }), (edits) => {
        const model = new Map<string, string>();
        let content: Buffer = Buffer.alloc(0);
        for (const edit of edits) {
          const changes = new Map(edit.map(([name, score]) => [name, score === null ? null : `${name},${score}`]));
          for (const [name, row] of changes) row === null ? model.delete(name) : model.set(name, row);
          content = editLines(content, CSV, changes) ?? content;
          expect(editLines(content, CSV, changes)).toBeUndefined();
        }
        const [, ...rows] = content.toString().trimEnd().split("\n");
        expect(rows.sort()).toEqual([...model.values()].sort());
      }),
    );
  });
});
