import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { csv } from "../../src/targets/csv.ts";
import { anEntry, anOrigin } from "../support/entries.ts";
import { domain, openFiles, text } from "./csv-directory.ts";
import { apply } from "./far-side.ts";

describe("the columns of a csv target", () => {
  const columns = ["value", "score", "expires", "first_seen", "last_seen", "event", "organisation", "tags", "comment"];
  const early = anOrigin({ attributeUuid: "a", firstSeen: 1_000_000_000, lastSeen: 1_100_000_000, tags: ["tlp:red"] });
  const late = anOrigin({ attributeUuid: "b", firstSeen: 1_200_000_000, comment: 'two\nlines, "quoted"' });
  const entry = anEntry({ score: 80, expires: 1_800_000_000, origins: [early, late] });

  it("show what holds an indicator up, each text once, in one line", async () => {
    const files = await openFiles({ columns });
    await apply(files, { add: [entry] });
    expect(await text(files, "domain.csv")).toBe(
      `${columns.join(",")}\nbad.example,80,2027-01-15T08:00:00Z,2001-09-09T01:46:40Z,2004-11-09T11:33:20Z,` +
        'A campaign,CIRCL,tlp:red,"two lines, ""quoted"""\n',
    );
  });

  it("make a change of what they show a renewal, and nothing else", () => {
    const plain = csv.shows(csv.settings.parse({ directory: "d" }));
    const scored = csv.shows(csv.settings.parse({ directory: "d", columns: ["value", "score"] }));
    expect(plain(entry)).toBe("");
    expect(scored(entry)).toBe(scored({ ...entry, expires: 5 }));
    expect(scored(entry)).not.toBe(scored({ ...entry, score: 81 }));
  });

  it("do not depend on the order in which origins are named", () => {
    const shown = csv.shows(csv.settings.parse({ directory: "d", columns }));
    expect(shown(entry)).toBe(shown({ ...entry, origins: [late, early] }));
  });

  it("ask for origins only where they are shown", () => {
    expect(csv.origins(csv.settings.parse({ directory: "d", columns: ["value", "score"] }))).toBe(false);
    expect(csv.origins(csv.settings.parse({ directory: "d", columns: ["value", "tags"] }))).toBe(true);
  });

  it("replace the row of a renewed entry and the header of an older configuration", async () => {
    const files = await openFiles();
    await apply(files, { add: [domain("a.example"), domain("b.example")] });
    const again = await openFiles({ columns: ["value", "score"] }, files.directory);
    await apply(again, { renew: [domain("a.example"), domain("b.example")] });
    expect(await text(files, "domain.csv")).toBe("value,score\na.example,50\nb.example,50\n");
  });

  it("disarm formulas when asked to, and still find them", async () => {
    const files = await openFiles({ formula_guard: "quote-prefix", lists: { agents: ["user-agent"] } });
    const formula = anEntry({ type: "user-agent", value: "=cmd|'/C calc'!A0" });
    const wide = anEntry({ type: "user-agent", value: "＝1+1" });
    const quoted = anEntry({ type: "user-agent", value: "'=1" });
    await writeFile(join(files.directory, "user-agent.csv"), `value\n${formula.value}\n`);
    await apply(files, { add: [formula, quoted, wide] });
    expect(await text(files, "user-agent.csv")).toBe(`value\n'${formula.value}\n''=1\n'＝1+1\n`);
    expect(await text(files, "agents.txt")).toBe(`${formula.value}\n'=1\n＝1+1\n`);
    await apply(files, { remove: [formula, wide] });
    expect(await text(files, "user-agent.csv")).toBe("value\n''=1\n");
  });
});
