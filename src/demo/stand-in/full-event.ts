import {
  attributeColumns,
  type Body,
  eventColumns,
  organisationBlock,
  sightingOfAttribute,
  viewedTag,
} from "./row-bodies.ts";
import type { AttributeRow, EventRow } from "./rows.ts";

/** What a full event may leave out or take in. */
export interface FullEventOptions {
  /** Without attributes. */
  metadata?: boolean;
  /** With soft-deleted attributes. */
  deleted?: boolean;
}

/** An event in the shape of `events/view`, which `misp_json` and `events/restSearch` share. */
export function fullEvent(event: EventRow, options: FullEventOptions = {}): Body {
  const { user_id: _user, sighting_timestamp: _sighted, ...columns } = eventColumns(event);
  const head = {
    ...columns,
    event_creator_email: "admin@admin.test",
    Org: organisationBlock(event.owner),
    Orgc: organisationBlock(event.creator),
  };
  const tags = event.tags.length > 0 && { Tag: event.tags.map(viewedTag) };
  if (options.metadata) return { Event: { ...head, RelatedEvent: [], Galaxy: [], CryptographicKey: [], ...tags } };
  const shown = [...event.attributes].filter(({ deleted }) => options.deleted || !deleted);
  return {
    Event: {
      ...head,
      Attribute: shown.map(viewedAttribute),
      ShadowAttribute: [],
      RelatedEvent: [],
      Galaxy: [],
      Object: [],
      EventReport: [],
      CryptographicKey: [],
      ...tags,
    },
  };
}

function viewedAttribute(attribute: AttributeRow): Body {
  return {
    ...attributeColumns(attribute),
    Galaxy: [],
    ShadowAttribute: [],
    ...(attribute.tags.length > 0 && { Tag: attribute.tags.map(viewedTag) }),
    ...(attribute.sightings.length > 0 && { Sighting: attribute.sightings.map(sightingOfAttribute) }),
  };
}
