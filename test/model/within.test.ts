import { getEventListeners } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { within } from "../../src/model/within.ts";

const FOR_EVER = 60_000;

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve());
  });
}

test("work ends when its time is over, when it is stopped, and at once where it was stopped before", async () => {
  const stop = new AbortController();
  await within(5, stop.signal, whenAborted);
  const stopped = within(FOR_EVER, stop.signal, whenAborted);
  stop.abort();
  await stopped;
  await within(FOR_EVER, stop.signal, whenAborted);
});

test("work that is done, or has failed, leaves nothing behind", async () => {
  const stop = new AbortController();
  let signal: AbortSignal | undefined;
  const work = async (given: AbortSignal) => {
    signal = given;
    return "done";
  };
  expect(await within(5, stop.signal, work)).toBe("done");
  await expect(within(5, stop.signal, () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  expect(getEventListeners(stop.signal, "abort")).toEqual([]);
  await pause(20);
  expect(signal?.aborted).toBe(false);
});

test("work that may take longer than a timer can wait goes on", async () => {
  const work = async (signal: AbortSignal) => {
    await pause(20);
    return signal.aborted;
  };
  expect(await within(2 ** 31, new AbortController().signal, work)).toBe(false);
});
