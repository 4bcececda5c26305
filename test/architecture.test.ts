import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { targetKinds } from "../src/targets/index.ts";

const root = new URL("..", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const files = readdirSync(fileURLToPath(new URL("src", root)), { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".ts"));

/** The most lines that a file may have. */
const LONGEST = 226;
/** Rooms that may look at the process and the clock. */
const EDGE = ["main.ts", "log.ts", "cli", "demo", "demo/stand-in", "bench"];

describe("docs/ARCHITECTURE.md says who may import whom", () => {
  const allowed = tableUnder("## Who may import whom");

  test("every room has its row, and every row its room", () => {
    expect([...allowed.keys()].sort()).toEqual([...new Set(files.map(roomOf))].sort());
  });

  test("every import keeps to it", () => {
    const strays = files.flatMap((file) => {
      const may = [roomOf(file), ...(allowed.get(roomOf(file)) ?? [])];
      const foreign = importsOf(file).filter((imported) => !may.includes(roomOf(imported)) && !may.includes(imported));
      return foreign.map((imported) => `${file} imports ${imported}`);
    });
    expect(strays).toEqual([]);
  });

  test("no row allows what nobody does", () => {
    for (const [room, may] of allowed) {
      const imported = files.filter((file) => roomOf(file) === room).flatMap(importsOf);
      const used = (name: string) => imported.some((file) => file === name || roomOf(file) === name);
      expect([room, may.filter((name) => !used(name))]).toEqual([room, []]);
    }
  });

  test("no two rooms need each other, on whatever detour", () => {
    const roomsOf = (names: readonly string[]) => names.map((name) => (allowed.has(name) ? name : roomOf(name)));
    const reach = (room: string, seen: ReadonlySet<string>): string[] =>
      roomsOf(allowed.get(room) ?? []).flatMap((next) =>
        seen.has(next) ? [next] : [next, ...reach(next, new Set([...seen, next]))],
      );
    for (const room of allowed.keys()) expect([room, reach(room, new Set()).includes(room)]).toEqual([room, false]);
  });
});

test.each([
  ["files", (file: string) => file],
  ["folders within a room", folderOf],
])("no two %s need each other, on whatever detour", (_, placeOf) => {
  const done = new Set<string>();
  const needsOf = (place: string) =>
    files
      .filter((file) => placeOf(file) === place)
      .flatMap(importsOf)
      .map(placeOf)
      .filter((next) => next !== place);
  const circleFrom = (place: string, way: readonly string[]): string[] | undefined => {
    if (way.includes(place)) return [...way.slice(way.indexOf(place)), place];
    if (done.has(place)) return undefined;
    const circle = needsOf(place).reduce<string[] | undefined>(
      (found, next) => found ?? circleFrom(next, [...way, place]),
      undefined,
    );
    done.add(place);
    return circle;
  };
  expect([...new Set(files.map(placeOf))].flatMap((place) => circleFrom(place, []) ?? [])).toEqual([]);
});

test("every file can be taken in at one sitting", () => {
  const lengths = files.map((file) => ({ file, lines: read(`src/${file}`).split("\n").length - 1 }));
  expect(lengths.filter(({ lines }) => lines > LONGEST)).toEqual([]);
});

test("no signal is a timeout by itself, of which Node would not let go where it is joined with another", () => {
  expect(files.filter((file) => /AbortSignal\.timeout\(/.test(read(`src/${file}`)))).toEqual([]);
});

test("folders are made one by one: Node's own way turns in a circle for ever in one like /proc", () => {
  expect(files.filter((file) => /\bmkdir(Sync)?\([^;]*recursive/.test(read(`src/${file}`)))).toEqual([]);
});

test("clock, environment and output come in from outside", () => {
  const strays = files
    .filter((file) => !EDGE.includes(roomOf(file)))
    .flatMap((file) => {
      const code = read(`src/${file}`).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
      const found = code.match(/(?<![.\w])(process|console)\.\w+|Date\.now|new Date\(\)/g) ?? [];
      return found.map((what) => `${file} has ${what}`);
    });
  expect(strays).toEqual([]);
});

test.each(Object.keys(targetKinds))(
  "target kind %s has its file, its test and its heading in the reference",
  (type) => {
    expect(existsSync(new URL(`src/targets/${type}.ts`, root))).toBe(true);
    expect(read(`test/targets/${type}.test.ts`)).toContain("targetContract(");
    expect(read("docs/CONFIG.md").split("\n")).toContain(`### ${type}`);
  },
);

const documents = [
  "README.md",
  ...readdirSync(fileURLToPath(new URL("docs", root)), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name.replaceAll("\\", "/")}`),
];

test("links between the documents lead somewhere", () => {
  for (const document of documents) {
    for (const [, target = ""] of read(document).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      expect([document, target, existsSync(new URL(posix.join(dirname(document), target), root))]).toContain(true);
    }
  }
});

test("links to a heading find one", () => {
  const slug = (heading: string) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-");
  for (const document of documents) {
    for (const [link, target = "", anchor] of read(document).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)) {
      const page = target === "" ? document : posix.join(dirname(document), target);
      const headings = [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => slug(heading));
      expect([document, link, headings.includes(anchor ?? "")]).toContain(true);
    }
  }
});

/** The first two columns of the table below a heading: the name in the first, the names in the second. */
function tableUnder(heading: string): Map<string, string[]> {
  const section = read("docs/ARCHITECTURE.md").split(`${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const rows = [...section.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)];
  return new Map(
    rows.map(([, name = "", names = ""]) => [name, [...names.matchAll(/`([^`]+)`/g)].map(([, one = ""]) => one)]),
  );
}

/** The folder of a file under src; a file beside the folders is a room of its own, and so is the stand-in. */
function roomOf(file: string): string {
  if (file.startsWith("demo/stand-in/")) return "demo/stand-in";
  return file.split("/")[0] ?? file;
}

/** The folder within its room that a file lies in; one that lies in none stands for itself. */
function folderOf(file: string): string {
  return file.split("/").length > 2 ? dirname(file) : file;
}

/** The files that a file imports, types and re-exports too. */
function importsOf(file: string): string[] {
  const specifiers = read(`src/${file}`).matchAll(
    /^(?:import|export)\b[^"';]*?"(\.[^"]+\.ts)"|\bimport\("(\.[^"]+)"\)/gm,
  );
  return [...specifiers].map(([, one, other]) => posix.join(dirname(file), one ?? other ?? ""));
}
