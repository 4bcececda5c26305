import { BAD_RANGE, type Call, fields, filtered, ok, problem, type Reply, ranged } from "./answers.ts";
import type { ClassicSide } from "./classic-routes.ts";
import type { StoredSet } from "./store.ts";

interface Line {
  collection_id?: number;
  value?: string;
  source?: string;
  delete_entry?: boolean;
}

/** `/reference_data_collections`; `undefined` for any other path. */
export function collectionRoute(call: Call, side: ClassicSide): Reply | undefined {
  const [room, kind, id, results] = call.path.split("/");
  if (room !== "reference_data_collections") return undefined;
  if (kind === "sets" && id === undefined) return call.method === "POST" ? create(call, side) : list(call, side);
  if (kind === "set_entries" && call.method === "PATCH") return bulkUpdate(call, side);
  if (kind === "set_entries" && id === undefined) return entries(call, side);
  if (kind === "set_bulk_update_tasks") return results ? resultsOf(Number(id), side) : taskOf(Number(id), side);
  return undefined;
}

function create({ text }: Call, { store }: ClassicSide): Reply {
  const { name, entry_type, expiry_type = "NO_EXPIRY", time_to_live = 0 } = JSON.parse(text);
  if (!entry_type) return problem(422, 10_001, "The entry_type field was not specified.");
  if (!name) return problem(422, 10_002, "The name field was not specified");
  if (store.get(name)) return problem(409, 10_006, "A collection with the same name already exists");
  if ((expiry_type === "NO_EXPIRY") === time_to_live > 0) {
    return problem(422, 10_007, "An invalid time_to_live value was specified");
  }
  return ok(meta(store.create(name, entry_type, expiry_type, time_to_live || null)), 201);
}

function list(call: Call, { store }: ClassicSide): Reply {
  return page(store.sets.map(meta), call);
}

function entries(call: Call, { store }: ClassicSide): Reply {
  const rows = store.sets.flatMap((set) =>
    [...set.elements.values()].map(({ id, value, source, firstSeen, lastSeen }) => ({
      collection_id: set.id,
      id,
      value,
      source,
      notes: null,
      domain_id: null,
      first_seen: firstSeen,
      last_seen: lastSeen,
    })),
  );
  return page(rows, call);
}

function page(rows: readonly Record<string, unknown>[], call: Call): Reply {
  const found = filtered(rows, call.query.get("filter"));
  if (!found) return problem(422, 14_001, "An error occurred while building the filter");
  const part = ranged(found, call);
  if (!part) return BAD_RANGE;
  return { ...ok(part.part.map((row) => fields(row, call.query.get("fields")))), headers: part.headers };
}

function bulkUpdate({ text }: Call, side: ClassicSide): Reply {
  const lines: Line[] = JSON.parse(text);
  for (const { collection_id } of lines) {
    if (!side.store.withId(collection_id ?? 0)) return problem(422, 23_000, "The collection id was not found");
  }
  const task = side.tasks.start("Bulk update", () => work(lines, side));
  return ok({ ...task, error_code: null, error_message: null }, 202);
}

function work(lines: readonly Line[], side: ClassicSide) {
  const wrong = lines.some((line) => outcome(line, side, false).http_status === 422);
  const aborted = wrong && side.faults.allOrNothing;
  const responses = lines.map((line) => outcome(line, side, !aborted));
  const successful = aborted ? 0 : responses.filter(({ http_status }) => http_status < 300).length;
  const partial = successful < lines.length ? "PARTIAL_UPDATE_PERFORMED" : "COMPLETE_UPDATE_PERFORMED";
  return {
    status: aborted ? "UPDATE_ABORTED" : partial,
    total_responses: lines.length,
    successful_responses: successful,
    responses: side.faults.mute ? [] : responses,
  };
}

function outcome({ collection_id = 0, value = "", source = "", delete_entry }: Line, side: ClassicSide, act: boolean) {
  const set = side.store.withId(collection_id);
  if (!set) return { http_status: 422, unique_code: 20_004, message: "A Set with the specified ID was not found" };
  if (delete_entry) {
    const there = act && side.store.take(set, value);
    return there ? { http_status: 204 } : { http_status: 404, unique_code: 22_001, message: "The entry was not found" };
  }
  if (side.store.complaint(set, value) !== undefined) {
    const message = "The provided value does not match the collection entry type";
    return { http_status: 422, unique_code: 20_006, message };
  }
  if (act) side.store.put(set, value, source);
  return { http_status: 201 };
}

function taskOf(id: number, { tasks, faults }: ClassicSide): Reply {
  const task = tasks.look(id);
  if (!task) return problem(404, 23_001, "The task_status_id does not exist");
  const failed = task.completed !== null && faults.taskEnd !== "COMPLETED";
  return ok({ ...task, error_code: failed ? 110_000 : null, error_message: failed ? "Out of memory" : null });
}

function resultsOf(id: number, { tasks }: ClassicSide): Reply {
  const result = tasks.result(id);
  if (typeof result !== "object" || result === null) return problem(404, 23_003, "The results are not available");
  return ok({ id, ...result });
}

function meta(set: StoredSet): Record<string, unknown> {
  return {
    id: set.id,
    name: set.name,
    entry_type: set.element,
    expiry_type: set.timeout === "UNKNOWN" ? "NO_EXPIRY" : set.timeout,
    time_to_live: set.life ?? 0,
    number_of_entries: set.elements.size,
    namespace: "SHARED",
    creation_time: set.created,
  };
}
