import { BAD_RANGE, type Call, fields, filtered, ok, problem, type Reply, ranged } from "./answers.ts";
import type { Faults } from "./faults.ts";
import { interval, isElementType, type Store, type StoredSet } from "./store.ts";
import type { Tasks } from "./tasks.ts";

const API_SOURCE = "reference data api";

/** What the classic routes answer from. */
export interface ClassicSide {
  store: Store;
  tasks: Tasks;
  faults: Faults;
}

/** `/reference_data/sets`; `undefined` for any other path. */
export function classicRoute(call: Call, side: ClassicSide): Reply | undefined {
  const [room, kind, ...rest] = call.path.split("/");
  if (room !== "reference_data" || kind !== "sets") return undefined;
  const [first, second, third, ...more] = rest.map(decodeURIComponent);
  if (first === undefined) return call.method === "POST" ? create(call, side) : list(call, side);
  if (first === "bulk_load") return bulkLoad(call, side, [second, third, ...more]);
  const set = side.store.get(first);
  if (!set) return problem(404, 1002, `The reference set ${first} does not exist`);
  if (second !== undefined) return removeElement(second, set, side);
  if (call.method === "DELETE") return removeSet(call, set, side);
  return call.method === "POST" ? addElement(call, set, side) : show(call, set, side);
}

function create({ query }: Call, { store }: ClassicSide): Reply {
  for (const name of ["name", "element_type"]) {
    if (!query.get(name)) return problem(422, 8, `Missing required parameter "${name}" from query parameters`);
  }
  const name = query.get("name") ?? "";
  const element = query.get("element_type") ?? "";
  if (!isElementType(element)) return problem(422, 11, 'Failed to transform user query parameter "element_type"');
  if (store.get(name)) return problem(409, 1004, `The name ${name} is already in use`);
  const text = query.get("time_to_live");
  const life = text === null ? null : interval(text);
  if (life === undefined) return problem(422, 1005, `Invalid time to live interval ${text}`);
  return ok(meta(store.create(name, element, query.get("timeout_type") ?? "UNKNOWN", life)), 201);
}

function list(call: Call, { store }: ClassicSide): Reply {
  const rows = filtered(store.sets.map(meta), call.query.get("filter"));
  const page = rows && ranged(rows, call);
  if (!page) return BAD_RANGE;
  return { ...ok(page.part.map((row) => fields(row, call.query.get("fields")))), headers: page.headers };
}

function show(call: Call, set: StoredSet, { faults }: ClassicSide): Reply {
  const rows = [...set.elements.values()].map(({ value, source, firstSeen, lastSeen }) => ({
    value,
    source,
    first_seen: firstSeen,
    last_seen: lastSeen,
    domain_id: null,
  }));
  const page = ranged(rows, call, faults.firstTwenty ? 20 : undefined);
  if (!page) return BAD_RANGE;
  // A set without elements has no data at all in some versions.
  const data = rows.length === 0 ? {} : { data: page.part };
  return { ...ok(fields({ ...meta(set), ...data }, call.query.get("fields"))), headers: page.headers };
}

function addElement({ query }: Call, set: StoredSet, { store }: ClassicSide): Reply {
  const value = query.get("value");
  if (value === null) return problem(422, 8, 'Missing required parameter "value" from query parameters');
  const wrong = store.complaint(set, value);
  if (wrong !== undefined) return problem(422, 1005, wrong);
  store.put(set, value, query.get("source") ?? API_SOURCE);
  return ok(meta(set));
}

function bulkLoad(call: Call, { store, faults }: ClassicSide, path: readonly (string | undefined)[]): Reply {
  const [first = "", second] = path.filter((part) => part !== undefined);
  const namespaced = second !== undefined;
  if (namespaced === !faults.namespacedLoad) return problem(404, 0, "No endpoint found at this path");
  const name = namespaced ? second : first;
  const set = store.get(name);
  if (!set) return problem(404, 1002, `The reference set ${name} does not exist`);
  if (!/^application\/json/.test(call.headers["content-type"] ?? "")) return problem(422, 10, "Unsupported body");
  const values: unknown = JSON.parse(call.text);
  if (!Array.isArray(values)) return problem(400, 1001, "An error occurred parsing the JSON formatted message body");
  const wrong = values.map((value) => store.complaint(set, String(value))).find((text) => text !== undefined);
  // One value that does not fit, and none is taken.
  if (wrong !== undefined) return problem(422, 1005, wrong);
  for (const value of values) store.put(set, String(value), API_SOURCE);
  return ok(meta(set));
}

function removeElement(encoded: string, set: StoredSet, { store }: ClassicSide): Reply {
  // The address was decoded once on its way in, and the value is decoded again.
  const value = decodeURIComponent(encoded.replaceAll("+", " "));
  return store.take(set, value) ? ok(meta(set)) : problem(404, 1003, "The record does not exist in the reference set");
}

function removeSet({ query }: Call, set: StoredSet, { store, tasks }: ClassicSide): Reply {
  const purge = query.get("purge_only") === "true";
  const work = () => (purge ? set.elements.clear() : store.remove(set.name));
  const task = tasks.start("Reference Data Deletion Task", work);
  return { ...ok(task, 202), headers: { location: `/api/system/task_management/tasks/${task.id}` } };
}

export function meta(set: StoredSet): Record<string, unknown> {
  const days =
    set.life === null ? {} : { time_to_live: `0 years 0 mons ${set.life / 86_400_000} days 0 hours 0 mins 0.00 secs` };
  return {
    timeout_type: set.timeout,
    number_of_elements: set.elements.size,
    creation_time: set.created,
    name: set.name,
    element_type: set.element,
    namespace: "SHARED",
    collection_id: set.id,
    ...days,
  };
}
