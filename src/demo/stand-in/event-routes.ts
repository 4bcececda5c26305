import { publish, pushToZeromq, unpublish } from "./event-changes.ts";
import { isOn } from "./filters.ts";
import { fullEvent } from "./full-event.ts";
import type { Instance } from "./instance.ts";
import { answer, problem, type RestAnswer, type RestRequest, saved } from "./request.ts";
import type { EventRow } from "./rows.ts";
import type { Store } from "./store.ts";

/** `GET /events/view/{id|uuid}`, with `deleted:1` also what was softly deleted. */
export function viewEvent(request: RestRequest, { store }: Instance): RestAnswer {
  const event = namedEvent(request, store);
  return event ? answer(fullEvent(event, { deleted: isOn(request.named.deleted) })) : unknown(request);
}

/** `POST /events/publish/{id|uuid}`: only the creator's organisation or a site admin may. */
export function publishEvent(request: RestRequest, instance: Instance): RestAnswer {
  return changeOwn(request, instance, publish, "Event published without alerts");
}

/** `POST /events/unpublish/{id|uuid}`. */
export function unpublishEvent(request: RestRequest, instance: Instance): RestAnswer {
  return changeOwn(request, instance, unpublish, "Event unpublished.");
}

/** `POST /events/pushEventToZMQ/{id|uuid}`. */
export function pushEvent(request: RestRequest, instance: Instance): RestAnswer {
  const event = namedEvent(request, instance.store);
  if (!event) return unknown(request);
  pushToZeromq(instance, event);
  return saved(request, "Event published to ZMQ", event.id);
}

function changeOwn(
  request: RestRequest,
  instance: Instance,
  change: (instance: Instance, event: EventRow) => void,
  message: string,
): RestAnswer {
  const event = namedEvent(request, instance.store);
  if (!event) return unknown(request);
  const { role, organisation } = instance.account;
  if (!role.perm_site_admin && event.creator.id !== organisation) {
    return problem(request, 405, "You do not have the permission to do that.");
  }
  change(instance, event);
  return saved(request, message, event.id);
}

function namedEvent({ args: [name = ""] }: RestRequest, store: Store): EventRow | undefined {
  const row = /^\d+$/.test(name) ? store.events.get(Number(name)) : store.withUuid(name);
  return row?.kind === "event" ? row : undefined;
}

function unknown(request: RestRequest): RestAnswer {
  return problem(request, 404, "Invalid event");
}
