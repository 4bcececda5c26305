import { expect, test } from "vitest";
import { sightingBox } from "../../src/courier/sensors/sighting-box.ts";
import { silent } from "../../src/log.ts";
import { SightingType } from "../../src/model/misp.ts";
import { StateUnwritable } from "../../src/state/damaged.ts";

const SEEN = { subject: "seen.example", attribute: null, type: SightingType.seen, date: 1, source: "" };

/** A box over a queue that does this, and the sentences that it logs. */
function aBox(take: () => { taken: number; known: number } | undefined) {
  const said: string[] = [];
  const say = (sentence: string) => void said.push(sentence);
  return { said, box: sightingBox({ queue: { take }, log: { ...silent, warn: say, error: say }, clock: () => 0 }) };
}

test("says once that there is no room, and again when there was some in between", () => {
  let room = false;
  const { said, box } = aBox(() => (room ? { taken: 1, known: 0 } : undefined));
  expect([box.take([SEEN]), box.take([SEEN])]).toEqual([false, false]);
  expect(said).toHaveLength(1);
  room = true;
  expect(box.take([SEEN])).toBe(true);
  room = false;
  box.take([SEEN]);
  expect(said).toHaveLength(2);
});

test("lets sightings wait while the disk is full, and lets go of those that a bug trips over", () => {
  const full = aBox(() => {
    throw new StateUnwritable("full");
  });
  expect([full.box.take([SEEN]), full.said.length]).toEqual([false, 1]);
  const bug = aBox(() => {
    throw new TypeError("undefined is not a function");
  });
  expect([bug.box.take([SEEN]), bug.said]).toEqual([true, [expect.stringContaining("is lost")]]);
});

test("says each reason of what is none once", () => {
  const { said, box } = aBox(() => undefined);
  for (const reason of ["no STIX sighting", "names no indicator", "no STIX sighting"]) box.refuse(reason);
  expect(said).toHaveLength(2);
});
