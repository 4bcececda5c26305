import type { Notice } from "../../model/notice.ts";
import type { Database } from "../database/database.ts";
import type { Moment, Tables } from "../tables.ts";
import { hearAttribute, hearAttributeTag, hearErased } from "./hear-attributes.ts";
import { hearEvent, hearEventDeleted, hearEventTag, hearObjectEdited, hearPublished } from "./hear-events.ts";
import { hearContents, hearListed, hearRead } from "./hear-listings.ts";
import { openOrganisations } from "./hear-organisations.ts";
import { hearRecord, hearRecordGone, hearRecordUnread } from "./hear-records.ts";
import { hearSighting, hearSightingDeleted, hearSightingsListed } from "./hear-sightings.ts";

export type Hear = (notice: Notice, moment: Moment) => void;

/** What turns each kind of notice into what the ledger remembers, and touches the indicators that it concerns. */
export function createHearing(tables: Tables, database: Database): Hear {
  const hearOrganisation = openOrganisations(tables, database);
  const hearing: { [Kind in Notice["kind"]]: (notice: Extract<Notice, { kind: Kind }>, moment: Moment) => void } = {
    attribute: (notice, moment) => hearAttribute(tables, notice, moment),
    "attribute-erased": (notice, moment) => hearErased(tables, notice, moment),
    event: (notice, moment) => hearEvent(tables, notice.event, notice.how, moment),
    "event-deleted": ({ id, uuid }, moment) => hearEventDeleted(tables, id, uuid, moment),
    published: (notice) => hearPublished(tables, notice),
    pulled: ({ uuid }) => tables.questions.ask(0, uuid, { published: true }),
    "object-edited": ({ eventId }) => hearObjectEdited(tables, eventId),
    tag: (notice, moment) => (notice.on === "event" ? hearEventTag : hearAttributeTag)(tables, notice, moment),
    "tag-edited": () => {},
    contents: (notice, moment) => hearContents(tables, notice, moment),
    listed: (notice) => hearListed(tables, notice),
    read: (notice) => hearRead(tables, notice),
    sighting: (notice, moment) => hearSighting(tables, notice, moment),
    "sighting-deleted": ({ id }, moment) => hearSightingDeleted(tables, id, moment),
    "sightings-listed": (notice, moment) => hearSightingsListed(tables, notice, moment),
    organisation: ({ organisation }) => hearOrganisation(organisation),
    warninglist: () => {},
    alive: () => {},
    record: ({ record }, moment) => hearRecord(tables, record, moment),
    "record-gone": ({ name }) => hearRecordGone(tables, name),
    "record-unread": ({ name }, moment) => hearRecordUnread(tables, name, moment),
  };
  // The table above pairs each kind with its own shape, which the compiler cannot follow through the look-up.
  return (notice, moment) => (hearing[notice.kind] as (notice: Notice, moment: Moment) => void)(notice, moment);
}
