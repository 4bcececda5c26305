import type { Word } from "../../src/alerts/words.ts";

export function aWord(given: Partial<Word> = {}): Word {
  const key = given.key ?? "feed";
  return { key, sentence: "The feed is dead", hint: "Look", kind: "alert", id: `${key}@0`, since: 0, at: 0, ...given };
}
