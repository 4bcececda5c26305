import { expect, test } from "vitest";
import { memo } from "../../src/model/memo.ts";

test("what was made of a text is made once, and shared", () => {
  let made = 0;
  const lettersOf = memo((text) => {
    made += 1;
    return [...text];
  });
  expect(lettersOf("ab")).toEqual(["a", "b"]);
  expect(lettersOf("ab")).toBe(lettersOf("ab"));
  expect(lettersOf("")).toEqual([]);
  expect(made).toBe(2);
});

test("no more is kept than was said, whatever texts come", () => {
  const asked: string[] = [];
  const same = memo((text) => {
    asked.push(text);
    return { text };
  }, 2);
  for (const text of ["a", "b", "a", "c", "a"]) expect(same(text)).toEqual({ text });
  expect(asked).toEqual(["a", "b", "c", "a"]);
});
