import { unescape as decoded } from "node:querystring";
import type { Config } from "./schema.ts";

const SECRET_KEYS = new Set(["key", "token", "password", "secret"]);

/** Every secret of the configuration, without repetition, so that the log can leave them out: keys, tokens, passwords. */
export function secretsOf(config: Config): string[] {
  return [...new Set(secretsIn(config))].filter((secret) => secret !== "");
}

function* secretsIn(value: unknown, name = ""): Generator<string> {
  if (typeof value === "string") {
    if (SECRET_KEYS.has(name)) yield value;
    yield* passwordsIn(value);
  } else if (Array.isArray(value)) {
    for (const entry of value) yield* secretsIn(entry, name);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) yield* secretsIn(inner, key);
  }
}

/** The password of an address such as `https://user:password@host`, as written and decoded. */
function* passwordsIn(text: string): Generator<string> {
  if (!text.includes("://") || !URL.canParse(text)) return;
  const { password } = new URL(text);
  yield password;
  yield decoded(password);
}
