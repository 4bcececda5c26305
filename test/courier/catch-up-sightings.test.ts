import { afterEach, beforeEach, expect, test } from "vitest";
import { catchUpSightings } from "../../src/courier/catch-up/sightings.ts";
import { CAUGHT_UP } from "../../src/ledger/facts.ts";
import { silent } from "../../src/log.ts";
import { END_OF_TIME } from "../../src/misp/end-of-time.ts";
import { load } from "../config/configuration.ts";
import { aClient } from "../support/a-client.ts";
import { ALedger } from "../support/a-ledger.ts";
import { AnsweringServer, json } from "../support/answering-server.ts";

const DAY = 86_400;

let server: AnsweringServer;
let ledger: ALedger;
beforeEach(async () => {
  server = await AnsweringServer.start(json({ response: [] }));
  ledger = new ALedger();
});
afterEach(() => server[Symbol.asyncDispose]());

/** Catches up, and returns from when on MISP was asked for sightings, Unix seconds. */
async function askedFrom(): Promise<number> {
  const began = ledger.now;
  server.asked.length = 0;
  await catchUpSightings({
    config: load(`misp: {url: ${server.url}, key: k3y}`),
    client: aClient(server.url),
    ledger: ledger.ledger,
    log: silent,
    signal: new AbortController().signal,
    clock: () => ledger.now,
    answer: async (notices, asked, facts = {}) => void ledger.ledger.apply(notices, { asked, facts }),
  });
  ledger.ledger.note(CAUGHT_UP, String(began));
  const spans = server.asked.map(({ body }) => body as { from: number; to: number });
  // Whoever gave one may have a clock that is ahead.
  expect(spans.at(-1)?.to).toBe(END_OF_TIME);
  return spans[0]?.from ?? Number.NaN;
}

test("sightings of all times are asked for once a day, and between of a day before the last time: they may be backdated", async () => {
  expect(await askedFrom()).toBe(0);
  const last = ledger.now / 1_000;
  ledger.now += 600_000;
  expect(await askedFrom()).toBe(last - DAY);
  ledger.now += DAY * 1_000 - 600_000;
  expect(await askedFrom()).toBe(0);
  ledger.now += 600_000;
  expect(await askedFrom()).toBe(last);
});

test("sightings of all times are asked for once a clock that was ahead is set right", async () => {
  await askedFrom();
  ledger.now -= 3 * DAY * 1_000;
  expect(await askedFrom()).toBe(0);
});

test("sightings of all times are asked for after a blind spell", async () => {
  await askedFrom();
  ledger.now += 600_000;
  ledger.ledger.blindSpells.begin(ledger.now - 1_000, "silence");
  expect(await askedFrom()).toBe(0);
});
