import { warninglistColumns } from "./feed-bodies.ts";
import { isOn, textsOf } from "./filters.ts";
import type { Instance } from "./instance.ts";
import { answer, problem, type RestAnswer, type RestRequest } from "./request.ts";
import type { Body } from "./row-bodies.ts";
import type { WarninglistRow } from "./rows.ts";
import { matchWarninglist } from "./warninglists.ts";

/** `/warninglists/index`, by GET or with `enabled` and `value` (a part of the name) by POST; the newest first. */
export function indexWarninglists({ fields, named }: RestRequest, { store }: Instance): RestAnswer {
  const filters: Body = { ...named, ...fields };
  const { enabled, value } = filters;
  const wanted = enabled === "" || isOn(enabled);
  const part = String(value ?? "").toLowerCase();
  const shown = [...store.warninglists.values()]
    .filter((list) => enabled === undefined || list.enabled === wanted)
    .filter((list) => list.name.toLowerCase().includes(part))
    .sort((one, other) => other.id - one.id);
  const columns = (list: WarninglistRow) => ({
    ...warninglistColumns(list),
    warninglist_entry_count: `${list.list.length}`,
    valid_attributes: list.matchingAttributes.join(", "),
  });
  return answer({ Warninglists: shown.map((list) => ({ Warninglist: columns(list) })) });
}

/** `GET /warninglists/view/{id}`: with all entries, each a row. */
export function viewWarninglist(request: RestRequest, { store }: Instance): RestAnswer {
  const list = store.warninglists.get(Number(request.args[0]));
  if (!list) return unknown(request);
  const id = `${list.id}`;
  const entry = (value: string, index: number) => ({ id: `${index + 1}`, value, warninglist_id: id, comment: null });
  const type = (name: string, index: number) => ({ id: `${index + 1}`, type: name, warninglist_id: id });
  return answer({
    Warninglist: {
      ...warninglistColumns(list),
      WarninglistEntry: list.list.map(entry),
      WarninglistType: list.matchingAttributes.map(type),
    },
  });
}

/** `GET /warninglists/export/{id}`: the format of the public lists, which has no category. */
export function exportWarninglist(request: RestRequest, { store }: Instance): RestAnswer {
  const list = store.warninglists.get(Number(request.args[0]));
  if (!list) return unknown(request);
  const { name, type, version, description, matchingAttributes } = list;
  return answer({
    name,
    type,
    version: `${version}`,
    description,
    matching_attributes: matchingAttributes,
    list: list.list,
  });
}

/** `POST /warninglists/checkValue`: every enabled list whatever the types it is for; an empty array when none matches. */
export function checkValues({ body, fields }: RestRequest, { store }: Instance): RestAnswer {
  const values = textsOf(Array.isArray(body) ? body : Object.values(fields)) ?? [];
  const enabled = [...store.warninglists.values()].filter((list) => list.enabled);
  const hits = [...values].map((value) => [value, matchesOf(enabled, value)] as const);
  const matched = hits.filter(([, matches]) => matches.length > 0);
  return answer(matched.length === 0 ? [] : Object.fromEntries(matched));
}

function matchesOf(lists: readonly WarninglistRow[], value: string): Body[] {
  return lists.flatMap((list) => {
    const matched = matchWarninglist(list, value);
    return matched === undefined ? [] : [{ id: `${list.id}`, name: list.name, matched }];
  });
}

function unknown(request: RestRequest): RestAnswer {
  return problem(request, 404, "Invalid Warninglist.");
}
