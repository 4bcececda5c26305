import { isOn } from "./filters.ts";
import { attributeColumns, type Body, organisationBlock, sightingOfAttribute } from "./row-bodies.ts";
import type { AttributeRow, EventRow, TagLink } from "./rows.ts";

/**
 * The rows of `attributes/restSearch` as JSON texts, with what its `include…` fields ask for. What rows of one event have
 * in common is written once: a page of thousands of rows is mostly that.
 */
export function attributeRows(attributes: readonly AttributeRow[], fields: Body): string[] {
  const shared = new Map<EventRow, SharedPart>();
  return attributes.map((attribute) => {
    const part = shared.get(attribute.event) ?? sharedPart(attribute.event, fields);
    shared.set(attribute.event, part);
    return attributeRow(attribute, fields, part);
  });
}

interface SharedPart {
  tags: readonly Body[];
  event: string;
}

function sharedPart(event: EventRow, fields: Body): SharedPart {
  return {
    tags: isOn(fields.includeEventTags) ? event.tags.map(inheritedTag) : [],
    event: JSON.stringify(isOn(fields.includeContext) ? eventWithContext(event) : eventInBrief(event)),
  };
}

function attributeRow(attribute: AttributeRow, fields: Body, shared: SharedPart): string {
  const columns = JSON.stringify({
    ...attributeColumns(attribute),
    ...(isOn(fields.includeEventUuid) && { event_uuid: attribute.event.uuid }),
    ...(isOn(fields.includeSightings) && { Sighting: attribute.sightings.map(sightingOfAttribute) }),
  });
  const tags = [...attribute.tags.map(attributeTag), ...shared.tags];
  const tail = tags.length > 0 ? `,"Tag":${JSON.stringify(tags)}` : "";
  return `${columns.slice(0, -1)},"Event":${shared.event}${tail}}`;
}

/** A tag of the attribute itself as searches and `attributes/view` show it. */
export function attributeTag({ tag, local }: TagLink): Body {
  return { id: `${tag.id}`, name: tag.name, colour: tag.colour, numerical_value: null, is_galaxy: false, local };
}

function inheritedTag({ tag }: TagLink): Body {
  return { id: `${tag.id}`, name: tag.name, colour: tag.colour, numerical_value: null, inherited: 1 };
}

function eventInBrief(event: EventRow): Body {
  return {
    org_id: `${event.owner.id}`,
    distribution: `${event.distribution}`,
    publish_timestamp: `${event.publishTimestamp}`,
    id: `${event.id}`,
    info: event.info,
    orgc_id: `${event.creator.id}`,
    uuid: event.uuid,
  };
}

function eventWithContext(event: EventRow): Body {
  const tags = event.tags.map(({ tag, local }) => {
    return { local, id: `${tag.id}`, name: tag.name, colour: tag.colour, numerical_value: null };
  });
  return {
    ...eventInBrief(event),
    date: event.date,
    threat_level_id: `${event.threatLevel}`,
    published: event.published,
    analysis: `${event.analysis}`,
    timestamp: `${event.timestamp}`,
    sharing_group_id: "0",
    extends_uuid: "",
    ...(tags.length > 0 && { Tag: tags }),
    Orgc: organisationBlock(event.creator),
  };
}
