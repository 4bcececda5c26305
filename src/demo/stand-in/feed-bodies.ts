import {
  attributeColumns,
  type Body,
  eventColumns,
  organisationName,
  plainTime,
  sightedAttribute,
  sightedEvent,
  sightingColumns,
  sightingOfAttribute,
  tagColumns,
} from "./row-bodies.ts";
import type { AttributeRow, EventRow, OrganisationRow, SightingRow, TagRow, WarninglistRow } from "./rows.ts";

/** `misp_json_attribute` for `add`, `edit` and `soft-delete`: with an Event block that has no tags and no times. */
export function attributeMessage(attribute: AttributeRow, action: "add" | "edit" | "soft-delete"): Body {
  const tags = attribute.tags.map(({ tag, local }) => {
    return { id: `${tag.id}`, name: tag.name, colour: tag.colour, exportable: true, local };
  });
  return {
    Attribute: {
      ...feedColumns(attribute),
      ...(tags.length > 0 && { Tag: tags }),
      Sighting: attribute.sightings.map(sightingOfAttribute),
    },
    Event: eventOfAttribute(attribute.event),
    action,
  };
}

/** `misp_json_attribute` for a hard delete: the bare row, without event, tags and sightings. */
export function erasedAttributeMessage(attribute: AttributeRow): Body {
  return { Attribute: feedColumns(attribute), action: "delete" };
}

/** `misp_json_event` for `add` and `edit`: without attributes. */
export function eventMessage(event: EventRow, action: "add" | "edit"): Body {
  return {
    Event: eventColumns(event),
    Orgc: organisationName(event.creator),
    EventTag: event.tags.map(({ id, tag, local }) => ({
      id: `${id}`,
      event_id: `${event.id}`,
      tag_id: `${tag.id}`,
      local,
      relationship_type: "",
      Tag: { id: `${tag.id}`, name: tag.name, colour: tag.colour, exportable: true },
    })),
    action,
  };
}

/** `misp_json_event` for a deletion: the bare row. Nothing else tells of what was in the event. */
export function deletedEventMessage(event: EventRow): Body {
  return { Event: eventColumns(event), action: "delete" };
}

/** `misp_json_event` at the end of a server pull: `Event` is the uuid, not an object. */
export function pulledEventMessage(event: EventRow, action: "add" | "edit"): Body {
  return { Event: event.uuid, Server: "1", action: `${action}_from_connected_server` };
}

/** `misp_json_tag`; where it is attached or detached only local numbers tell, in `extra`. */
export function tagMessage(tag: TagRow, action: string, extra: Body = {}): Body {
  return { Tag: { ...tagColumns(tag), ...extra }, action };
}

/** `misp_json_sighting`: the reporter is only a local number. */
export function sightingMessage(sighting: SightingRow, action: "add" | "delete"): Body {
  const { attribute } = sighting;
  return {
    Sighting: {
      ...sightingColumns(sighting),
      Event: sightedEvent(attribute.event),
      Attribute: sightedAttribute(attribute),
    },
    action,
  };
}

/** `misp_json_organisation`, without an action; one that a pull brings stands under `Orgc` and writes `local` as 0. */
export function organisationMessage(organisation: OrganisationRow, pulled: boolean): Body {
  const created = plainTime(organisation.created);
  return {
    [pulled ? "Orgc" : "Organisation"]: {
      created_by: "1",
      local: pulled ? 0 : organisation.local,
      name: organisation.name,
      ...(!pulled && { type: "" }),
      uuid: organisation.uuid,
      date_created: created,
      date_modified: created,
      nationality: "",
      id: `${organisation.id}`,
    },
  };
}

/** `misp_json_warninglist`: the header only, never the entries. */
export function warninglistMessage(list: WarninglistRow, action: "add" | "edit"): Body {
  return { Warninglist: warninglistColumns(list), action };
}

/** The columns of a warninglist. */
export function warninglistColumns(list: WarninglistRow): Body {
  return {
    id: `${list.id}`,
    name: list.name,
    type: list.type,
    description: list.description,
    version: `${list.version}`,
    enabled: list.enabled,
    default: false,
    category: list.category,
  };
}

function feedColumns(attribute: AttributeRow): Body {
  const { value1, value2 } = attribute;
  return { ...attributeColumns(attribute), value1, value2 };
}

function eventOfAttribute(event: EventRow): Body {
  return {
    id: `${event.id}`,
    date: event.date,
    info: event.info,
    uuid: event.uuid,
    published: event.published,
    analysis: `${event.analysis}`,
    threat_level_id: `${event.threatLevel}`,
    org_id: `${event.owner.id}`,
    orgc_id: `${event.creator.id}`,
    distribution: `${event.distribution}`,
    sharing_group_id: "0",
    Orgc: organisationName(event.creator),
  };
}
