import type { IHeaders, Kafka } from "kafkajs";
import { partsOfKey, recordKey, textOf } from "../../kafka/record.ts";
import { readWhole } from "../../kafka/whole.ts";
import { changeHeldFile, connectHeldFile, type HeldFile } from "../held-file.ts";
import type { Found } from "../target.ts";
import { SHOWS } from "./records.ts";

// Beside the memory: a topic may hold millions, and the last word on each key counts.
const SCHEMA = "CREATE TABLE found (key TEXT PRIMARY KEY, type TEXT, value TEXT, shows TEXT) WITHOUT ROWID";
const PAGE = 2_000;

/** Without type and value: somebody else's, under a name of ours. */
interface Row {
  key: string;
  type: string | null;
  value: string | null;
  shows: string | null;
}

export interface HoldingsOptions {
  topic: string;
  origin: string;
}

/** Where the value of an indicator stands in its record, by format: some may be of the one that the target had before. */
const FIELDS = ["value", "name"];

/** Reads back what the topic holds of one origin, a page at a time. */
export async function* holdings(
  kafka: Kafka,
  { topic, origin }: HoldingsOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly Found[]> {
  // A nameless file of SQLite's own, which nobody has to remove.
  const file = connectHeldFile("", false, SCHEMA);
  try {
    const put = file.prepare("INSERT OR REPLACE INTO found (key, type, value, shows) VALUES (?, ?, ?, ?)");
    const drop = file.prepare("DELETE FROM found WHERE key = ?");
    for await (const records of readWhole(kafka, topic, signal)) {
      changeHeldFile(topic, file, () => {
        for (const { key, value, headers } of records) {
          const name = textOf(key);
          if (partsOfKey(name)?.origin !== origin) continue;
          if (value === null) drop.run(name);
          else put.run(name, ...columnsOf({ name, value, headers }, origin));
        }
      });
    }
    yield* pages(file);
  } finally {
    file.close();
  }
}

/** What there is to know of a record: nothing, where it is not of the indicator that its key is of. */
function columnsOf(
  { name, value, headers }: { name: string; value: Buffer; headers: IHeaders | undefined },
  origin: string,
): [type: string | null, value: string | null, shows: string | null] {
  const [type, text] = [textOf(headers?.type), textOf(value)];
  const own = FIELDS.map((field) => textIn(text, field)).find((it) => recordKey({ type, value: it }, origin) === name);
  return own === undefined ? [null, null, null] : [type, own, textOf(headers?.[SHOWS])];
}

function* pages(file: HeldFile): Generator<readonly Found[]> {
  const next = file.prepare("SELECT key, type, value, shows FROM found WHERE key > ? ORDER BY key LIMIT ?");
  for (let after = ""; ; ) {
    const rows = next.all(after, PAGE) as unknown as Row[];
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map(foundIn);
    after = last.key;
  }
}

function foundIn({ key, type, value, shows }: Row): Found {
  if (type === null || value === null) return { indicator: null, label: key, shows };
  return { indicator: { type, value }, label: value, shows };
}

/** The text under a key of a JSON object; empty where there is none. */
function textIn(json: string, key: string): string {
  try {
    const text: unknown = Object(JSON.parse(json))[key];
    return typeof text === "string" ? text : "";
  } catch {
    return "";
  }
}
