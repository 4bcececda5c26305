import type { Kafka } from "kafkajs";
import { partsOfKey } from "../kafka/record.ts";
import { readWhole } from "../kafka/whole.ts";
import { changeHeldFile, connectHeldFile, type HeldFile } from "./held-file.ts";
import { SHOWS } from "./kafka-records.ts";
import type { Found } from "./target.ts";

// Beside the memory: a topic may hold millions, and the last word on each key counts.
const SCHEMA =
  "CREATE TABLE found (key TEXT PRIMARY KEY, type TEXT NOT NULL, value TEXT NOT NULL, shows TEXT) WITHOUT ROWID";
const PAGE = 2_000;

interface Row {
  key: string;
  type: string;
  value: string;
  shows: string | null;
}

/** Reads back what the topic holds of one origin, a page at a time. */
export async function* holdings(
  kafka: Kafka,
  { topic, origin }: { topic: string; origin: string },
  valueIn: (text: string) => string,
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
          const name = key?.toString("utf8") ?? "";
          if (partsOfKey(name)?.origin !== origin) continue;
          if (value === null) drop.run(name);
          else put.run(name, textOf(headers?.type), valueIn(value.toString("utf8")), textOf(headers?.[SHOWS]));
        }
      });
    }
    yield* pages(file);
  } finally {
    file.close();
  }
}

function* pages(file: HeldFile): Generator<readonly Found[]> {
  const next = file.prepare("SELECT key, type, value, shows FROM found WHERE key > ? ORDER BY key LIMIT ?");
  for (let after = ""; ; ) {
    const rows = next.all(after, PAGE) as unknown as Row[];
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map(({ type, value, shows }) => ({ indicator: { type, value }, label: value, shows }));
    after = last.key;
  }
}

function textOf(header: unknown): string {
  return Buffer.isBuffer(header) ? header.toString("utf8") : "";
}
