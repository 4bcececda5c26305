import { joinValue } from "./attribute-defaults.ts";
import type { AttributeRow, EventRow, OrganisationRow, SightingRow, TagLink, TagRow } from "./rows.ts";

/** A row as JSON takes it. */
export type Body = Record<string, unknown>;

/** Unix seconds the way MISP writes `first_seen` and `last_seen`. */
function isoTime(seconds: number | null): string | null {
  return seconds === null ? null : new Date(seconds * 1000).toISOString().replace("Z", "000+00:00");
}

/** Unix seconds the way MISP writes the dates of organisations. */
export function plainTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ");
}

/** The three fields by which an organisation is named inside other bodies. */
export function organisationName({ id, uuid, name }: OrganisationRow): Body {
  return { id: `${id}`, uuid, name };
}

/** An organisation inside an event as REST shows it. */
export function organisationBlock({ id, uuid, name, local }: OrganisationRow): Body {
  return { id: `${id}`, name, uuid, local };
}

/** All columns of a tag. */
export function tagColumns(tag: TagRow): Body {
  return {
    id: `${tag.id}`,
    name: tag.name,
    colour: tag.colour,
    exportable: true,
    org_id: "0",
    user_id: "0",
    hide_tag: false,
    numerical_value: null,
    is_galaxy: false,
    is_custom_galaxy: false,
    local_only: false,
  };
}

/** A tag inside an event in the shape of `events/view`. */
export function viewedTag({ tag, local }: TagLink): Body {
  const { org_id: _, ...columns } = tagColumns(tag);
  return { ...columns, local, relationship_type: null };
}

/** The columns of an event as `misp_json_event` and `events/index` show them. */
export function eventColumns(event: EventRow): Body {
  return {
    id: `${event.id}`,
    org_id: `${event.owner.id}`,
    date: event.date,
    info: event.info,
    user_id: "1",
    uuid: event.uuid,
    published: event.published,
    analysis: `${event.analysis}`,
    attribute_count: `${event.attributeCount}`,
    orgc_id: `${event.creator.id}`,
    timestamp: `${event.timestamp}`,
    distribution: `${event.distribution}`,
    sharing_group_id: "0",
    proposal_email_lock: false,
    locked: event.locked,
    threat_level_id: `${event.threatLevel}`,
    publish_timestamp: `${event.publishTimestamp}`,
    sighting_timestamp: "0",
    disable_correlation: false,
    extends_uuid: "",
    protected: null,
  };
}

/** The columns of an attribute as REST shows them: no `value1`, no `value2`. */
export function attributeColumns(attribute: AttributeRow): Body {
  return {
    id: `${attribute.id}`,
    event_id: `${attribute.event.id}`,
    object_id: "0",
    object_relation: null,
    category: attribute.category,
    type: attribute.type,
    to_ids: attribute.toIds,
    uuid: attribute.uuid,
    timestamp: `${attribute.timestamp}`,
    distribution: `${attribute.distribution}`,
    sharing_group_id: "0",
    comment: attribute.comment,
    deleted: attribute.deleted,
    disable_correlation: false,
    first_seen: isoTime(attribute.firstSeen),
    last_seen: isoTime(attribute.lastSeen),
    value: joinValue(attribute),
  };
}

/** The columns of a sighting. */
export function sightingColumns(sighting: SightingRow): Body {
  return {
    id: `${sighting.id}`,
    attribute_id: `${sighting.attribute.id}`,
    event_id: `${sighting.attribute.event.id}`,
    org_id: `${sighting.organisation.id}`,
    date_sighting: `${sighting.date}`,
    uuid: sighting.uuid,
    source: sighting.source,
    type: `${sighting.type}`,
  };
}

/** A sighting inside the body of its attribute. */
export function sightingOfAttribute(sighting: SightingRow): Body {
  return {
    ...sightingColumns(sighting),
    attribute_uuid: sighting.attribute.uuid,
    Organisation: organisationName(sighting.organisation),
  };
}

/** The event as a sighting carries it. */
export function sightedEvent(event: EventRow): Body {
  return {
    id: `${event.id}`,
    uuid: event.uuid,
    orgc_id: `${event.creator.id}`,
    org_id: `${event.owner.id}`,
    info: event.info,
    Orgc: { name: event.creator.name },
  };
}

/** The attribute as a sighting carries it. */
export function sightedAttribute(attribute: AttributeRow): Body {
  return {
    id: `${attribute.id}`,
    uuid: attribute.uuid,
    type: attribute.type,
    category: attribute.category,
    to_ids: attribute.toIds,
    value: joinValue(attribute),
  };
}
