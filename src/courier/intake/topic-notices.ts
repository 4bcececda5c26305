import type { KafkaMessage } from "kafkajs";
import { partsOfKey, readRecord, textOf } from "../../kafka/record.ts";
import type { Notice, Unreadable } from "../../model/notice.ts";

const EXCERPT = 2_000;

/** What records of other couriers say; of those of one key only the last one counts that can be read. */
export function noticesOf(
  topic: string,
  records: readonly KafkaMessage[],
): { notices: Notice[]; unreadable: Unreadable[] } {
  const notices: Notice[] = [];
  const unreadable: Unreadable[] = [];
  const told = new Set<string>();
  for (const { key: bytes, value } of records.toReversed()) {
    const key = textOf(bytes);
    if (told.has(key)) continue;
    const read = value === null ? goneOf(key) : noticeOf(key, textOf(value));
    if (typeof read !== "string") {
      told.add(key);
      notices.push(read);
      continue;
    }
    const said = `${key} ${value?.toString("utf8", 0, EXCERPT) ?? ""}`;
    unreadable.push({ topic, reason: read, excerpt: said.slice(0, EXCERPT) });
    if (partsOfKey(key)) notices.push({ kind: "record-unread", name: key });
  }
  return { notices: notices.reverse(), unreadable: unreadable.reverse() };
}

function noticeOf(key: string, value: string): Notice | string {
  const record = readRecord(key, value);
  return typeof record === "string" ? record : { kind: "record", record };
}

function goneOf(key: string): Notice | string {
  return partsOfKey(key) ? { kind: "record-gone", name: key } : "its key is not an indicator's and an origin";
}
