import { expect, test } from "vitest";
import { Opening } from "../../src/courier/opening.ts";
import { MispError } from "../../src/misp/errors.ts";

/** A first opening that has MISP's warninglists and half of what MISP holds, and counts how often deliveries begin. */
function halfTold() {
  const count = { started: 0 };
  const opening = new Opening({
    isFirst: true,
    isReviewing: () => false,
    dispatcher: { hold: () => {}, start: () => (count.started += 1) },
    audits: { start: () => {} },
    opened: () => {},
  });
  opening.begin();
  opening.known("warninglists");
  opening.told();
  return { opening, count };
}

const asking = (wait: number) => new MispError("busy", "wait", { wait, status: 429 });

test("a MISP that asks to wait for a moment in the middle of the first load is waited for", () => {
  const { opening, count } = halfTold();
  opening.failed("MISP", asking(60_000));
  expect(count.started).toBe(0);
  opening.known("MISP");
  expect(count.started).toBe(1);
});

test("one that asks to wait for longer, or fails time and again, keeps nobody waiting", () => {
  const long = halfTold();
  long.opening.failed("MISP", asking(60_001));
  expect(long.count.started).toBe(1);
  const failing = halfTold();
  for (const started of [0, 0, 1]) {
    failing.opening.failed("MISP", new MispError("unreachable", "no answer"));
    expect(failing.count.started).toBe(started);
  }
});
