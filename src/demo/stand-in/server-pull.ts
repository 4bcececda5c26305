import { insertAttribute, retireAttribute, saveAttribute } from "./attribute-changes.ts";
import { createEvent, publish } from "./event-changes.ts";
import { eventMessage, organisationMessage, pulledEventMessage } from "./feed-bodies.ts";
import type { PulledEvent } from "./inputs.ts";
import type { Instance } from "./instance.ts";
import type { EventRow, OrganisationRow } from "./rows.ts";

/** Takes an event from another server, new or changed, in the order of messages of MISP's own pull. */
export function pullFromServer(instance: Instance, pulled: PulledEvent): EventRow {
  const creator = captureOrganisation(instance, pulled.organisation);
  const known = pulled.uuid === undefined ? undefined : instance.store.withUuid(pulled.uuid);
  if (known?.kind === "event") return changeEvent(instance, known, pulled);
  const event = createEvent(instance, { distribution: 3, ...pulled, published: true }, creator, true);
  instance.emit("misp_json_event", () => pulledEventMessage(event, "add"));
  return event;
}

function captureOrganisation(instance: Instance, { name, uuid }: PulledEvent["organisation"]): OrganisationRow {
  const existing = [...instance.store.organisations.values()].find((organisation) => organisation.uuid === uuid);
  if (existing !== undefined) return existing;
  const organisation = instance.store.addOrganisation(name, uuid, false, instance.now());
  instance.emit("misp_json_organisation", () => organisationMessage(organisation, true));
  return organisation;
}

function changeEvent(instance: Instance, event: EventRow, pulled: PulledEvent): EventRow {
  const { info, distribution = event.distribution, date = event.date, timestamp = instance.now() } = pulled;
  Object.assign(event, { info, distribution, date, timestamp, published: true });
  instance.emit("misp_json_event", () => eventMessage(event, "edit"));
  for (const attribute of pulled.attributes) changeAttribute(instance, event, attribute);
  publish(instance, event);
  instance.emit("misp_json_event", () => pulledEventMessage(event, "edit"));
  return event;
}

function changeAttribute(instance: Instance, event: EventRow, pulled: PulledEvent["attributes"][number]): void {
  const { deleted, tags: _tags, uuid, ...changes } = pulled;
  const known = uuid === undefined ? undefined : instance.store.withUuid(uuid);
  if (known?.kind !== "attribute") insertAttribute(instance, event, pulled);
  else if (deleted) retireAttribute(instance, known, pulled.timestamp ?? instance.now());
  else saveAttribute(instance, known, changes);
}
