import type { RestAnswer } from "../rest/rest.ts";
import { isObject, type Json } from "./coerce.ts";
import { MispError } from "./errors.ts";

export function unexpected(path: string): MispError {
  return new MispError("garbled", `${path} answered with something that is not its answer`);
}

export function objectAnswer({ body }: RestAnswer, path = "MISP"): Json {
  if (!isObject(body)) throw unexpected(path);
  return body;
}

/** The list of `{"response": [{"Event": {…}}, …]}`. */
export function responseOf(answer: RestAnswer, path: string): unknown[] {
  const { response } = objectAnswer(answer, path);
  if (!Array.isArray(response)) throw unexpected(path);
  return response;
}

/** What stands under a key in each row of a list, as far as it is there. */
export function rowsIn(list: unknown, key: string): Json[] {
  if (!Array.isArray(list)) throw unexpected(key);
  return list
    .filter(isObject)
    .map((row) => row[key])
    .filter(isObject);
}

/** The same of all rows, where one that is left out would pass for gone. */
export function allOf(list: unknown, key: string): Json[] {
  const rows = rowsIn(list, key);
  if (Array.isArray(list) && rows.length < list.length) throw unexpected(key);
  return rows;
}
