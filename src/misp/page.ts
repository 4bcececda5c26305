import type { RestAnswer } from "../rest/rest.ts";
import { isObject, type Json } from "./coerce.ts";

/** One page of a search for attributes. */
export interface Page {
  rows: Json[];
  /** How many rows MISP found and left out, as far as it says so, and how many are none that can be read. */
  skipped: number;
  /** How many it found, which decides whether the page was full: its allowedlist leaves out more, without a word. */
  found: number;
}

/** `{"response": {"Attribute": […]}}`; `undefined`: it is something else. */
export function pageOf({ body, headers }: RestAnswer): Page | undefined {
  const response = isObject(body) ? body.response : undefined;
  if (!isObject(response) || !Array.isArray(response.Attribute)) return undefined;
  const rows = response.Attribute.filter(isObject);
  const [hidden = 0, counted = 0] = ["x-skipped-elements-count", "x-result-count"].map(
    (name) => Number(headers[name] ?? 0) || 0,
  );
  const skipped = hidden + response.Attribute.length - rows.length;
  return { rows, skipped, found: Math.max(rows.length + skipped, counted) };
}
