import { sightedValue } from "../../curation/split.ts";
import { type Sighting, SightingType } from "../../model/misp.ts";
import type { Notice } from "../../model/notice.ts";
import { type AttributeRow, ERASED } from "../attributes.ts";
import type { SightingRow } from "../sightings.ts";
import type { Moment, Tables } from "../tables.ts";
import { isSettled } from "./retold.ts";

/** Sightings that the courier wrote itself begin their source with this and count for nothing here. */
export const OWN_SOURCE = "misp-courier";

/**
 * A date in the future would outvote everybody until then: such a sighting counts from when it was first heard of. Clocks that differ by
 * so many seconds are forgiven, and their dates taken as they are.
 */
const CLOCKS_DIFFER = 60;

type SightingNotice = Extract<Notice, { kind: "sighting" }>;
type Listed = Extract<Notice, { kind: "sightings-listed" }>;

/** A thumb, up or down; one that is known already changes nothing. */
export function hearSighting(tables: Tables, { sighting, how }: SightingNotice, moment: Moment): void {
  const { now } = moment;
  const { attributes, questions } = tables;
  const known = knownSighting(tables, sighting, now);
  if (sighting.source.startsWith(OWN_SOURCE)) return;
  const shown = how === "answer" || known?.shown === 1;
  if (known && isKept(known, shown, how === "answer" ? moment : undefined)) return;
  const attribute = attributes.get(sighting.attributeId);
  if (how === "heard" && isGone(tables, sighting, attribute)) return;
  if (!attribute && sighting.eventId > 0) questions.ask(sighting.eventId, undefined, { whole: true });
  const about = attribute ?? sighting.about;
  // Its attribute may have another value by now; whether it goes with that, the edit has decided.
  const value = known?.deleted === 0 ? known.value : about && sightedValue(about.type, about.value);
  if (value !== undefined) remember(tables, sighting, { known, shown, value, now });
}

/**
 * The row of this sighting. A MISP that was restored gives its numbers anew: another one that had it is gone. Nobody can edit a sighting,
 * by which they are told apart; its organisation MISP may keep to itself.
 */
function knownSighting(tables: Tables, told: Sighting, now: number): SightingRow | undefined {
  const row = tables.sightings.get(told.id);
  if (!row || (row.attribute === told.attributeId && row.type === told.type && row.date === told.date)) return row;
  takeBack(tables, row, now);
  return undefined;
}

interface Circumstances {
  known: SightingRow | undefined;
  shown: boolean;
  /** `null`: it counts for its attribute alone. */
  value: string | null;
  now: number;
}

function remember(tables: Tables, sighting: Sighting, { known, shown, value, now }: Circumstances): void {
  const heard = Math.floor((known?.heard ?? now) / 1000);
  const counts = sighting.date > heard + CLOCKS_DIFFER ? heard : sighting.date;
  if (sighting.type === SightingType.expired) replaceExpiration(tables, sighting, now);
  tables.sightings.put({
    id: sighting.id,
    attribute: sighting.attributeId,
    value,
    type: sighting.type,
    date: sighting.date,
    counts,
    // The feed tells who gave it, where REST may say nobody.
    organisation: sighting.organisationId || (known?.organisation ?? 0),
    source: sighting.source,
    heard: known?.heard ?? now,
    muted: known?.muted ?? (isMuted(tables, sighting, counts) ? 1 : 0),
    shown: shown ? 1 : 0,
  });
  touchSighted(tables, sighting.attributeId, value);
}

/** A thumb was taken back. */
export function hearSightingDeleted(tables: Tables, id: number, { now }: Moment): void {
  const known = tables.sightings.get(id);
  if (known && known.deleted === 0) takeBack(tables, known, now);
}

/** REST lists all sightings of a span that our key may see: one that it would show, and does not, is gone, unless it was heard of just before. */
export function hearSightingsListed(tables: Tables, { from, to, ids, whole }: Listed, moment: Moment): void {
  const { sightings } = tables;
  for (const row of sightings.between(from, to)) {
    sightings.doubted.delete(row.id);
    if (ids.has(row.id) || !(whole || isVisible(tables, row))) continue;
    if (isSettled(row.heard, moment)) takeBack(tables, row, moment.asked);
    else sightings.doubted.add(row.id);
  }
}

/** MISP may hide what others say of the events of others; what it has shown once, or is our own, it shows. */
export function isVisible(
  { attributes, events, judging }: Tables,
  { shown, organisation, attribute }: SightingRow,
): boolean {
  const { ownOrganisation } = judging.knowledge;
  if (shown === 1 || organisation === ownOrganisation) return true;
  return events.get(attributes.get(attribute)?.event ?? 0)?.creator_id === ownOrganisation;
}

/** Deleting an attribute for good, or its event, deletes its sightings; MISP says nothing of them. */
export function takeBackSightingsOf(tables: Tables, attribute: number, at: number): void {
  for (const row of tables.sightings.ofAttribute(attribute)) takeBack(tables, row, at);
}

/**
 * An attribute has another value now. A sighting that is not older than this edit was of the new one: it came to be known
 * before the edit did. One that is older stays with what it was of.
 */
export function followValue(tables: Tables, before: AttributeRow, after: AttributeRow): void {
  const from = sightedValue(before.type, before.value);
  const to = sightedValue(after.type, after.value);
  if (from === to) return;
  for (const { id, date, value } of tables.sightings.ofAttribute(after.id)) {
    if (date < after.timestamp) continue;
    tables.sightings.move(id, to);
    for (const moved of [value, to]) touchSighted(tables, after.id, moved);
  }
}

/** What was sighted is gone, and the message late. */
function isGone({ events }: Tables, { eventId }: Sighting, attribute: AttributeRow | undefined): boolean {
  return attribute?.deleted === ERASED || events.get(attribute?.event ?? eventId)?.deleted === 1;
}

/** The own organisation is never too loud. */
function isMuted({ sightings, judging }: Tables, { type, organisationId }: Sighting, at: number): boolean {
  if (type !== SightingType.falsePositive || organisationId === judging.knowledge.ownOrganisation) return false;
  return sightings.isTooLoud(organisationId, at);
}

/** Nothing new: it is there and was shown as far as now, or it was deleted after, or too shortly before, REST was asked. */
function isKept(known: SightingRow, shown: boolean, answered: Moment | undefined): boolean {
  if (known.deleted > 0) return !answered || !isSettled(known.deleted, answered);
  return known.shown === (shown ? 1 : 0);
}

function takeBack(tables: Tables, row: SightingRow, at: number): void {
  tables.sightings.delete(row.id, at);
  touchSighted(tables, row.attribute, row.value);
}

/** MISP keeps one expiration of an attribute by an organisation, and says nothing of the one that it replaces. */
function replaceExpiration(tables: Tables, { id, attributeId, organisationId }: Sighting, now: number): void {
  for (const former of tables.sightings.expirations(attributeId, organisationId)) {
    if (former.id < id) tables.sightings.delete(former.id, now);
  }
}

function touchSighted({ attributes, indicators, judging }: Tables, attributeId: number, value: string | null): void {
  if (value !== null) {
    // Of one that is withheld already a target may have to hear all the same: a guard may still keep it there.
    for (const entry of indicators.withValue(value)) judging.touch(entry, entry.row.withheld !== null);
    return;
  }
  const attribute = attributes.get(attributeId);
  if (attribute) judging.touchHeldBy(attribute);
}
