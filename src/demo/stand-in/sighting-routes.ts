import { joinValue } from "./attribute-defaults.ts";
import { inRange, isOn, searchHeaders, type TimeRange, textsOf, timeRange } from "./filters.ts";
import type { SightingInput } from "./inputs.ts";
import type { Instance } from "./instance.ts";
import { answer, problem, type RestAnswer, type RestRequest, saved } from "./request.ts";
import { type Body, organisationName, sightedAttribute, sightedEvent, sightingColumns } from "./row-bodies.ts";
import type { AttributeRow, SightingKind, SightingRow } from "./rows.ts";
import { deleteSighting, sight } from "./sighting-changes.ts";
import type { Store } from "./store.ts";

/** `POST /sightings/restSearch[/attribute|/event]`: no pages, no count, and a window of 30 days unless told. */
export function searchSightings(request: RestRequest, instance: Instance): RestAnswer {
  const { fields } = request;
  const { id } = fields;
  if (id !== undefined && typeof id !== "number") return problem(request, 400, `Invalid ID \`${id}\` provided.`);
  const context = request.args[0] ?? fields.context;
  const subject = subjectOf(context, id, fields.uuid);
  const window = windowOf(fields, instance.now());
  const [types, sources] = [textsOf(fields.type), textsOf(fields.source)];
  const found = [...instance.store.sightings.values()].filter(
    (sighting) =>
      subject(sighting.attribute) &&
      inRange(sighting.date, window) &&
      (types === undefined || types.has(`${sighting.type}`)) &&
      (sources === undefined || sources.has(sighting.source)),
  );
  return answer({ response: found.map((sighting) => sightingRow(sighting, fields)) }, searchHeaders(0));
}

/** `POST /sightings/listSightings` of attributes, as far as they are there. */
export function listSightings(request: RestRequest, { store }: Instance): RestAnswer {
  const ids = textsOf(request.fields.id) ?? [];
  const attributes = [...ids].flatMap((id) => store.attributes.get(Number(id)) ?? []).filter(({ deleted }) => !deleted);
  if (attributes.length === 0) return problem(request, 405, "Invalid object.");
  const rows = attributes.flatMap(({ sightings }) => sightings);
  return answer(rows.map((row) => ({ Sighting: sightingColumns(row), Organisation: { name: row.organisation.name } })));
}

/** `POST /sightings/add[/{id|uuid}]`: what it cannot do it says in a 200; of several sightings it shows the last. */
export function addSightings(request: RestRequest, instance: Instance): RestAnswer {
  const { fields } = request;
  const type = kindOf(fields.type);
  if (type === undefined) return refused("Invalid type, please change it before you POST 1000000 sightings.");
  const attributes = sightedBy(request, instance.store);
  if (attributes.length === 0) return refused("No valid attributes found that match the criteria.");
  const input: SightingInput = {
    type,
    organisation: instance.account.organisation,
    source: String(fields.source ?? ""),
    date: timeRange(fields.timestamp ?? fields.date, instance.now())?.from ?? instance.now(),
  };
  const last = sight(instance, attributes, input).at(-1);
  return answer({ Sighting: last && sightingColumns(last) });
}

/** `POST /sightings/delete/{id|uuid}`. */
export function removeSighting(request: RestRequest, instance: Instance): RestAnswer {
  const [name = ""] = request.args;
  const sighting = [...instance.store.sightings.values()].find(({ id, uuid }) => `${id}` === name || uuid === name);
  if (!sighting) return problem(request, 404, "Invalid sighting.");
  deleteSighting(instance, sighting);
  return saved(request, "Sighting successfully deleted.", sighting.id);
}

function subjectOf(context: unknown, id: number | undefined, uuid: unknown): (attribute: AttributeRow) => boolean {
  if (id === undefined && uuid === undefined) return () => true;
  return (attribute) => {
    const row = context === "event" ? attribute.event : attribute;
    return row.id === id || row.uuid === uuid;
  };
}

// `from` counts only together with `to`.
function windowOf(fields: Body, now: number): TimeRange | undefined {
  if (fields.last !== undefined) return timeRange(fields.last, now);
  if (fields.from !== undefined && fields.to !== undefined) return timeRange([fields.from, fields.to], now);
  return timeRange("30d", now);
}

function sightedBy({ args: [name], fields }: RestRequest, store: Store): AttributeRow[] {
  const named = name ?? fields.id ?? fields.uuid;
  if (named !== undefined) {
    const row = store.attributes.get(Number(named)) ?? store.withUuid(String(named));
    return row?.kind === "attribute" ? [row] : [];
  }
  const values = textsOf(fields.values ?? fields.value) ?? [];
  return [...new Set([...values].flatMap((value) => like(value, store)))];
}

/** MISP compares with LIKE: `%` stands for anything, `_` for one character, and a backslash takes that from them. */
function like(pattern: string, store: Store): AttributeRow[] {
  const parts = pattern.toLowerCase().match(/\\?./gsu) ?? [];
  if (!parts.some((part) => part === "%" || part === "_")) return store.withValue(pattern.replaceAll(/\\(.)/gsu, "$1"));
  const wild = new RegExp(`^${parts.map(patternOf).join("")}$`, "su");
  return [...store.attributes.values()].filter(({ value1, value2 }) =>
    [value1, value2].some((value) => value !== "" && wild.test(value.toLowerCase())),
  );
}

function patternOf(part: string): string {
  if (part === "%") return ".*";
  if (part === "_") return ".";
  return (part.length > 1 && part.startsWith("\\") ? part.slice(1) : part).replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

function kindOf(type: unknown): SightingKind | undefined {
  const kind = Number(type ?? 0);
  return kind === 0 || kind === 1 || kind === 2 ? kind : undefined;
}

function refused(reason: string): RestAnswer {
  return answer({ message: `Could not add the Sighting. Reason: ${reason}` });
}

function sightingRow(sighting: SightingRow, fields: Body): Body {
  const { attribute } = sighting;
  return {
    Sighting: {
      ...sightingColumns(sighting),
      value: joinValue(attribute),
      ...(isOn(fields.includeAttribute) && { Attribute: sightedAttribute(attribute) }),
      ...(isOn(fields.includeEvent) && { Event: sightedEvent(attribute.event) }),
      Organisation: organisationName(sighting.organisation),
    },
  };
}
