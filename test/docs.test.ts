import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { renderReference } from "../src/config/reference.ts";

const file = new URL("../docs/CONFIG.md", import.meta.url);

test("docs/CONFIG.md says what the schemas say; UPDATE_DOCS=1 writes it anew", () => {
  const reference = renderReference();
  if (process.env.UPDATE_DOCS === "1") writeFileSync(file, reference);
  expect(readFileSync(file, "utf8")).toBe(reference);
});
