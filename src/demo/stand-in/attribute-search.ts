import { joinValue } from "./attribute-defaults.ts";
import { attributeRows } from "./attribute-rows.ts";
import { countOf, inRange, isOn, pageOf, searchHeaders, settingsOf, tagFilter, textsOf, timeRange } from "./filters.ts";
import type { Instance } from "./instance.ts";
import { problem, type Route } from "./request.ts";
import type { Body } from "./row-bodies.ts";
import type { AttributeRow } from "./rows.ts";
import type { Store } from "./store.ts";

type Condition = (attribute: AttributeRow) => boolean;

/** Makes `POST /attributes/restSearch`, which remembers its last result so that turning pages costs a page, not a search. */
export function attributeSearch(): Route {
  let remembered: { key: string; rows: readonly AttributeRow[] } | undefined;
  return (request, instance) => {
    const { limit: asked, page, returnFormat = "json", ...fields } = request.fields;
    if (returnFormat !== "json") return problem(request, 404, "Invalid output format.");
    const key = rememberedKey(fields, instance);
    if (remembered?.key !== key) remembered = { key, rows: search(fields, instance) };
    const limit = countOf(asked);
    const rows = pageOf(remembered.rows, limit, countOf(page));
    const text = `{"response":{"Attribute":[${attributeRows(rows, fields).join()}]}}`;
    return { status: 200, text, headers: searchHeaders(rows.length + surplus(rows.length, limit, countOf(page))) };
  };
}

// A span back from now means something else every second.
function rememberedKey(fields: Body, instance: Instance): string {
  const text = JSON.stringify(fields);
  return `${/"\d+[smhd]"/.test(text) ? instance.now() : ""} ${instance.store.version} ${text}`;
}

// MISP does not count: a full page is reported as one more than it holds, and so is an empty one after the first.
function surplus(rows: number, limit: number | undefined, page = 1): number {
  return limit !== undefined && (rows === limit || (rows === 0 && page > 1)) ? 1 : 0;
}

function search(fields: Body, instance: Instance): AttributeRow[] {
  const conditions = conditionsOf(fields, instance.now());
  const found = candidates(fields, instance.store).filter((row) => conditions.every((condition) => condition(row)));
  return inOrder(found, fields.order);
}

function candidates(fields: Body, store: Store): AttributeRow[] {
  const uuids = textsOf(fields.uuid);
  if (uuids) {
    const rows = [...uuids].map((uuid) => store.withUuid(uuid));
    return rows.filter((row) => row?.kind === "attribute");
  }
  const events = textsOf(fields.eventid);
  if (events) return [...events].flatMap((id) => [...(store.events.get(Number(id))?.attributes ?? [])]);
  const values = textsOf(fields.value);
  if (values) return [...new Set([...values].flatMap((value) => store.withValue(value)))];
  return [...store.attributes.values()];
}

function conditionsOf(fields: Body, now: number): Condition[] {
  const range = (name: string) => timeRange(fields[name], now);
  const changed = range("attribute_timestamp") ?? range("timestamp");
  const seen = range("last_seen");
  const eventChanged = range("event_timestamp");
  const published = range("publish_timestamp") ?? range("last");
  const [gone, publicity] = [settingsOf(fields.deleted), settingsOf(fields.published ?? [0, 1])];
  const conditions: (Condition | undefined | false)[] = [
    ({ deleted }) => gone.has(deleted),
    idsCondition(fields.to_ids),
    changed && (({ timestamp }) => inRange(timestamp, changed)),
    seen && (({ lastSeen }) => lastSeen !== null && inRange(lastSeen, seen)),
    eventChanged && (({ event }) => inRange(event.timestamp, eventChanged)),
    published && (({ event }) => inRange(event.publishTimestamp, published)),
    ({ event }) => publicity.has(event.published),
    ...textConditions(fields),
  ];
  return conditions.filter((condition) => typeof condition === "function");
}

function textConditions(fields: Body): (Condition | undefined)[] {
  const [events, values, categories, orgs] = ["eventid", "value", "category", "org"].map((name) =>
    textsOf(fields[name]),
  );
  const types = textsOf(fields.type);
  const mail = types?.has("email-src") || types?.has("email-dst");
  const tagged = tagFilter(fields.tags);
  return [
    tagged && (({ tags, event }) => [...tags, ...event.tags].some(({ tag }) => tagged(tag.name))),
    events && (({ event }) => events.has(`${event.id}`)),
    values && ((row) => values.has(row.value1) || values.has(row.value2) || values.has(joinValue(row))),
    categories && (({ category }) => categories.has(category)),
    types && (({ type }) => types.has(type) || (mail === true && type === "email")),
    orgs && (({ event: { creator } }) => orgs.has(`${creator.id}`) || orgs.has(creator.uuid) || orgs.has(creator.name)),
  ];
}

// `false` is what MISP ignores: only a number or a word asks for attributes without the flag.
function idsCondition(toIds: unknown): Condition | undefined {
  if (isOn(toIds)) return (attribute) => attribute.toIds;
  if (toIds === 0 || toIds === "0" || toIds === "exclude") return (attribute) => !attribute.toIds;
  return undefined;
}

const COLUMNS: Record<string, (attribute: AttributeRow) => number> = {
  "Event.publish_timestamp": ({ event }) => event.publishTimestamp,
  timestamp: ({ timestamp }) => timestamp,
  event_id: ({ event }) => event.id,
  id: ({ id }) => id,
};

// Without a valid order MISP's database answers as it likes, and so it does of what the order leaves open. Here it likes a fixed disorder.
function inOrder(rows: AttributeRow[], order: unknown): AttributeRow[] {
  const columns = typeof order === "string" ? order.split(",").map(columnOf) : [];
  const compare = columns.every((column) => column !== undefined) ? [...columns, scattered] : [scattered];
  return rows.sort((one, other) => compare.reduce((found, column) => found || column(one) - column(other), 0));
}

function columnOf(rule: string): ((attribute: AttributeRow) => number) | undefined {
  const [name = "", direction = "asc"] = rule.trim().split(" ");
  const column = COLUMNS[name.replace(/^Attribute\./, "")];
  return direction.toLowerCase() === "desc" && column ? (attribute) => -column(attribute) : column;
}

function scattered({ id }: AttributeRow): number {
  return Math.imul(id, 0x9e3779b1) >>> 0;
}
