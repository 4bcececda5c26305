import { countOf, inRange, isOn, pageOf, searchHeaders, settingsOf, tagFilter, textsOf, timeRange } from "./filters.ts";
import { fullEvent } from "./full-event.ts";
import type { Instance } from "./instance.ts";
import { answer, type RestAnswer, type RestRequest } from "./request.ts";
import { type Body, eventColumns } from "./row-bodies.ts";
import type { EventRow } from "./rows.ts";

/** `POST /events/restSearch`: here `X-Result-Count` is the total over all pages. */
export function searchEvents({ fields }: RestRequest, instance: Instance): RestAnswer {
  const found = matching(fields, instance);
  const page = pageOf(found, countOf(fields.limit), countOf(fields.page));
  const options = { metadata: isOn(fields.metadata), deleted: isOn(fields.deleted) };
  return answer({ response: page.map((event) => fullEvent(event, options)) }, searchHeaders(found.length));
}

/** `/events/index`: with `minimal` six fields an event, and none of the events without attributes. */
export function indexEvents({ fields, named }: RestRequest, instance: Instance): RestAnswer {
  const filters = { ...named, ...fields };
  const minimal = isOn(filters.minimal);
  const found = matching(filters, instance).filter(({ attributeCount }) => !minimal || attributeCount > 0);
  sortEvents(found, filters.sort, filters.direction);
  const page = pageOf(found, countOf(filters.limit), countOf(filters.page));
  return answer(page.map(minimal ? minimalEvent : indexedEvent), { "X-Result-Count": `${found.length}` });
}

function matching(fields: Body, instance: Instance): EventRow[] {
  const [ids, uuids, orgs] = ["eventid", "uuid", "org"].map((name) => textsOf(fields[name]));
  const changed = timeRange(fields.timestamp, instance.now());
  const published = timeRange(fields.publish_timestamp ?? fields.last, instance.now());
  const publicity = settingsOf(fields.published ?? [0, 1]);
  const tagged = tagFilter(fields.tags);
  return [...instance.store.events.values()].filter(
    (event) =>
      (ids === undefined || ids.has(`${event.id}`) || ids.has(event.uuid)) &&
      (uuids === undefined || uuids.has(event.uuid)) &&
      (orgs === undefined ||
        orgs.has(`${event.creator.id}`) ||
        orgs.has(event.creator.uuid) ||
        orgs.has(event.creator.name)) &&
      publicity.has(event.published) &&
      (tagged === undefined ||
        [event, ...event.attributes].some(({ tags }) => tags.some(({ tag }) => tagged(tag.name)))) &&
      inRange(event.timestamp, changed) &&
      inRange(event.publishTimestamp, published),
  );
}

const COLUMNS: Record<string, (event: EventRow) => number> = {
  id: ({ id }) => id,
  timestamp: ({ timestamp }) => timestamp,
  publish_timestamp: ({ publishTimestamp }) => publishTimestamp,
};

function sortEvents(events: EventRow[], sort: unknown, direction: unknown): void {
  const column = COLUMNS[String(sort ?? "id")] ?? (({ id }: EventRow) => id);
  // Unless asked otherwise the index begins with the newest event.
  const sign = String(direction ?? (sort === undefined ? "desc" : "asc")).toLowerCase() === "desc" ? -1 : 1;
  events.sort((one, other) => sign * (column(one) - column(other) || one.id - other.id));
}

function minimalEvent(event: EventRow): Body {
  return {
    id: `${event.id}`,
    timestamp: `${event.timestamp}`,
    sighting_timestamp: "0",
    published: event.published,
    uuid: event.uuid,
    orgc_uuid: event.creator.uuid,
  };
}

function indexedEvent(event: EventRow): Body {
  const { user_id: _, ...columns } = eventColumns(event);
  const name = ({ id, name, uuid }: EventRow["owner"]) => ({ id: `${id}`, name, uuid });
  return {
    ...columns,
    Org: name(event.owner),
    Orgc: name(event.creator),
    EventTag: event.tags.map(({ id, tag, local }) => ({
      id: `${id}`,
      event_id: `${event.id}`,
      tag_id: `${tag.id}`,
      local,
      relationship_type: "",
      Tag: { id: `${tag.id}`, name: tag.name, colour: tag.colour, is_galaxy: false },
    })),
  };
}
