import { expect, test } from "vitest";
import { OwnPublications } from "../../src/courier/curator/own-publications.ts";

const event = { uuid: "0e235bbc-2689-4a01-8c22-23879545607c", timestamp: 1_000 };

test("a publication of which nothing was heard is overdue once, and only of the event as it was", () => {
  const published = new OwnPublications();
  published.expect(event, "pulled");
  expect(published.overdue(2_000_000)).toEqual([]);
  published.taken(event.uuid, 0);
  expect(published.overdue(600_000)).toEqual([]);
  expect(published.overdue(600_001)).toEqual([[event.uuid, "pulled"]]);
  expect(published.overdue(2_000_000)).toEqual([]);
  expect(published.wasOverdue(event)).toBe(true);
  // Whoever edits an event takes its publication back.
  expect(published.wasOverdue({ ...event, timestamp: 1_001 })).toBe(false);
});

test("a publication that has come back, or was seen in MISP, is never overdue", () => {
  const published = new OwnPublications();
  published.expect(event, "pulled");
  published.taken(event.uuid, 0);
  expect(published.isEcho(event)).toBe(true);
  expect(published.isEcho(event)).toBe(false);
  published.expect(event, "pulled");
  published.taken(event.uuid, 0);
  published.settle(event.uuid);
  expect(published.overdue(2_000_000)).toEqual([]);
});
