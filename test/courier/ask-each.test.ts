import { describe, expect, test } from "vitest";
import { askEach } from "../../src/courier/catch-up/ask-each.ts";
import { MispError } from "../../src/misp/errors.ts";

const NUMBERS = Array.from({ length: 100 }, (_, number) => number);

async function asked(failure: (number: number) => unknown) {
  const done: number[] = [];
  const failures = await askEach(NUMBERS, async (number) => {
    const error = failure(number);
    if (error) throw error;
    done.push(number);
  });
  return { done, failures };
}

describe("asking MISP about each of many", () => {
  test("goes on where it has no answer about some, and tells why", async () => {
    const tooLarge = new MispError("busy", "MISP answered 500", { status: 500 });
    const { done, failures } = await asked((number) => number < 10 && tooLarge);
    expect(done).toHaveLength(90);
    expect(failures).toEqual(Array.from({ length: 10 }, () => tooLarge));
  });

  test("ends when it answers nothing any more", async () => {
    let count = 0;
    const answer = asked(() => {
      count += 1;
      return new MispError("unreachable", "no answer");
    });
    await expect(answer).rejects.toThrow("no answer");
    expect(count).toBeLessThan(40);
  });

  test.each([
    ["asks to wait", new MispError("busy", "wait", { wait: 1_000, status: 429 })],
    ["refuses the key", new MispError("key", "the key is refused")],
    ["is not what failed", new Error("a mistake of our own")],
  ])("ends at once when it %s", async (_, error) => {
    let count = 0;
    const answer = asked(() => {
      count += 1;
      return error;
    });
    await expect(answer).rejects.toBe(error);
    expect(count).toBeLessThan(10);
  });
});
