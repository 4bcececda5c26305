import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type Logger, openLog, silent } from "../src/log.ts";
import { aFolder } from "./support/a-folder.ts";
import { hostileText } from "./support/hostile-text.ts";
import { eventually } from "./support/running-courier.ts";

type Settings = Partial<Parameters<typeof openLog>[0]>;

const LINE_BREAK = /\r\n|[\n\r\u0085\u2028\u2029]/u;

/** The lines that a log file holds once `entries` of them were written to it. */
async function logged(write: (log: Logger) => void, secrets: string[], settings: Settings = {}, entries = 1) {
  const file = join(aFolder(), "courier.log");
  // It goes to the terminal as well.
  const terminal = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  onTestFinished(() => terminal.mockRestore());
  write(openLog({ level: "debug", format: "readable", file, ...settings }, secrets));
  const lines = () => {
    const text = readFileSync(file, "utf8");
    expect(text.split("\n").length).toBeGreaterThan(entries);
    return text.split(LINE_BREAK).slice(0, -1);
  };
  return vi.waitFor(lines, { timeout: 40_000, interval: 2 });
}

describe.for(["readable", "json"] as const)("a %s log", (format) => {
  test("has the sentence, and the facts as fields", async () => {
    const [line = ""] = await logged((log) => log.info("Delivered", { target: "lists", add: 3 }), [], { format });
    if (format === "json") expect(JSON.parse(line)).toMatchObject({ level: "info", message: "Delivered", add: 3 });
    else expect(line).toMatch(/^\d{4}-\d\d-\d\dT\S+ info {2}Delivered target=lists add=3$/);
  });

  test("leaves out what is below its level", async () => {
    const write = (log: Logger) => {
      log.debug("no");
      log.info("no");
      log.warn("yes");
      log.error("yes");
    };
    const lines = await logged(write, [], { format, level: "warn" }, 2);
    expect(lines).toHaveLength(2);
    expect(lines.join()).not.toContain("no");
  });

  test("is one line an entry, whatever the sentence, the fields and the error say", async () => {
    const texts = fc.sample(hostileText(), { numRuns: 200, seed: 7 });
    const write = (log: Logger) => {
      for (const text of texts) log.error(`Told: ${text}`, { text, deep: { text }, error: new Error(text) });
    };
    expect(await logged(write, [], { format }, texts.length)).toHaveLength(texts.length);
  });

  test("cuts texts without end among samples, and no sentence of our own", async () => {
    const mistakes = "a mistake; ".repeat(1_000);
    const write = (log: Logger) =>
      log.error("Held", { samples: [{ value: "x".repeat(65_000) }, { value: "y" }], mistakes });
    const [line = ""] = await logged(write, [], { format });
    expect(line).toMatch(/[^x]x{1000}…[^x]+y/);
    expect(line).toContain(mistakes);
  });

  test("makes visible what would turn the rest of the line around, and stays what it was for programs", async () => {
    const value = "\u{202e}gnp.exe\u{2066}\u{200b}\u{e0041}";
    const [line = ""] = await logged((log) => log.error("Held", { samples: [{ value }] }), [], { format });
    expect(line).toContain("u202egnp.exe");
    expect(line).not.toMatch(/[\p{Cf}]/u);
    if (format === "json") expect(JSON.parse(line).samples).toEqual([{ value }]);
  });

  test("shows an error with its stack at level error, and its message below that", async () => {
    const error = new Error("disk full");
    const [long = "", short = ""] = await logged(
      (log) => {
        log.error("It failed", { error });
        log.warn("It failed", { error });
      },
      [],
      { format },
      2,
    );
    expect(long).toContain("log.test.ts");
    expect(short).toContain("disk full");
    expect(short).not.toContain("log.test.ts");
  });

  test.for(["simple-secret-key", 'qu"oted\\back/slash', "sp ace+plus&more='%41'", "ümläüt-🔑-secret"])(
    "never shows the secret %j, in whatever field, error or encoding it stands",
    async (secret) => {
      const encoded = encodeURIComponent(secret);
      const form = new URLSearchParams({ key: secret }).toString();
      const write = (log: Logger) => {
        log.warn(`Refused ${secret}`, {
          secret,
          text: `key=${secret};`,
          list: [secret],
          deep: { er: { est: secret } },
        });
        log.error("Failed", { error: new Error(`with ${secret}`), url: `https://u:${encoded}@misp.example/?${form}` });
        log.warn("Failed", {
          error: new Error(`with ${secret}`),
          [secret]: "as a name",
          json: JSON.stringify({ secret }),
        });
      };
      const text = (await logged(write, [secret, "another secret"], { format }, 3)).join("\n");
      for (const form of formsOf(secret)) expect(text).not.toContain(form);
      expect(text).toContain("[secret]");
    },
  );

  test("shows nothing of a secret of which another is the beginning", async () => {
    const secrets = ["abcdef", "abcdef-and-more"];
    const [line] = await logged((log) => log.info("Told", { key: "abcdef-and-more" }), secrets, { format });
    expect(line).not.toContain("and-more");
  });
});

/** The writings of a secret that would give it away. */
function formsOf(secret: string): string[] {
  const quoted = (text: string) => JSON.stringify(text).slice(1, -1);
  return [
    secret,
    quoted(secret),
    quoted(quoted(secret)),
    encodeURIComponent(secret),
    new URLSearchParams({ "": secret }).toString().slice(1),
  ];
}

test("what goes to a file goes to the terminal as well, and so does why it cannot be written", async () => {
  const folder = join(aFolder(), "logs");
  const terminal = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  onTestFinished(() => terminal.mockRestore());
  const log = openLog({ level: "info", format: "readable", file: join(folder, "courier.log") }, []);
  log.info("Told");
  rmSync(folder, { recursive: true });
  writeFileSync(folder, "in the way");
  log.info("Lost");
  const shown = () => terminal.mock.calls.map(([text]) => String(text)).join("");
  await eventually(async () =>
    expect(shown()).toMatch(/ Told\n.* Lost\n.* The log file cannot be written .*(EEXIST|ENOTDIR)/),
  );
  rmSync(folder);
  log.info("Told again");
  const written = async () =>
    expect(readFileSync(join(folder, "courier.log"), "utf8")).toMatch(/Told again\n.*missing .*lines=2\n/);
  await eventually(written);
});

test("a log that nobody wants says nothing", () => {
  expect(silent.error("It failed", { error: new Error() })).toBeUndefined();
});
