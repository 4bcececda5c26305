import { expect, test } from "vitest";
import { heldRecord } from "../../src/targets/kafka/records.ts";
import { kafka } from "../../src/targets/kafka.ts";
import { anEntry } from "../support/entries.ts";

test("a STIX record is a later version than the one before, also within a second", () => {
  const modified = (now: number) => {
    const record = heldRecord(anEntry(), "stix", "misp.example", now);
    return typeof record === "string" ? record : JSON.parse(record.value ?? "").modified;
  };
  expect([modified(1_800_000_000_100), modified(1_800_000_000_600)]).toEqual([
    "2027-01-15T08:00:00.100Z",
    "2027-01-15T08:00:00.600Z",
  ]);
});

test("a topic in another format is the same place, where all looks otherwise: what is no longer wanted leaves it as well", () => {
  const settings = (format: string) => kafka.settings.parse({ brokers: ["127.0.0.1:9092"], origin: "a", format });
  const [courier, stix] = [settings("courier"), settings("stix")];
  expect(kafka.place(stix)).toBe(kafka.place(courier));
  expect(kafka.shows(stix)(anEntry())).not.toBe(kafka.shows(courier)(anEntry()));
});
