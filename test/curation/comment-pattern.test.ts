import { describe, expect, test } from "vitest";
import { commentPattern } from "../../src/curation/comment-pattern.ts";

describe("a pattern for comments", () => {
  test.each([
    ["SOC Exception", "see SOC EXCEPTION 12", true],
    ["SOC Exception", "SOCException", false],
    ["SOC\\s+Exception", "SOC\u00a0\u2003exception", true],
    ["SOC\u00a0Exception", "soc exception, soc\u00a0exception", true],
    ["\\S{5}", "ab\u00a0cd\u3000ef", false],
    ["^\\[SOC\\].*(exception|ausnahme)$", "[soc] von uns: AUSNAHME", true],
    ["^\\[SOC\\].*(exception|ausnahme)$", "[soc] ausnahme\n", false],
    ["schüler", "SCHÜLER", true],
    ["exception(?! no more)", "Exception no more", false],
    ["exception(?! no more)", "Exception once more", true],
    ["(a)\\1", "baab", true],
    ["SOC.Exception", "SOC\u2028Exception", false],
    ["SOC[-\\s]Exception", "soc\u00a0exception", true],
    ["SOC[-\\]]Exception", "soc]exception", true],
    ["SOC[^]Exception", "soc\nexception", true],
    ["\\p{2}", "pp", true],
  ])("%s says of %s what JavaScript does: %s", (pattern, comment, expected) => {
    expect(commentPattern(pattern).test(comment)).toBe(expected);
    expect(new RegExp(pattern, "i").test(comment)).toBe(expected);
  });

  test.each(["SOC.*SOC.*Exception", "(\\s*SOC\\s*)+Exception"])(
    "%s does not stall over what a stranger wrote",
    (pattern) => {
      expect(commentPattern(pattern).test("SOC ".repeat(16_000))).toBe(false);
    },
  );
});
