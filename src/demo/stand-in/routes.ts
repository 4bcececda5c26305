import { getVersion, indexOrganisations, viewAttribute, viewMe, viewOrganisation } from "./account-routes.ts";
import { attributeSearch } from "./attribute-search.ts";
import { publishEvent, pushEvent, unpublishEvent, viewEvent } from "./event-routes.ts";
import { indexEvents, searchEvents } from "./event-search.ts";
import type { Route } from "./request.ts";
import { addSightings, listSightings, removeSighting, searchSightings } from "./sighting-routes.ts";
import { attachTags, removeTag, searchTags } from "./tag-routes.ts";
import { checkValues, exportWarninglist, indexWarninglists, viewWarninglist } from "./warninglist-routes.ts";

/** What one address does, which permission it wants, and what it answers when there is nothing to list. */
export interface RouteEntry {
  run: Route;
  needs?: string;
  empty?: unknown;
}

/** The addresses that the stand-in knows, by `controller/action`. */
export function allRoutes(): ReadonlyMap<string, RouteEntry> {
  return new Map<string, RouteEntry>([
    ["servers/getVersion", { run: getVersion }],
    ["users/view", { run: viewMe }],
    ["organisations/index", { run: indexOrganisations, empty: [] }],
    ["organisations/view", { run: viewOrganisation }],
    ["attributes/restSearch", { run: attributeSearch(), empty: { response: { Attribute: [] } } }],
    ["attributes/view", { run: viewAttribute }],
    ["events/restSearch", { run: searchEvents, empty: { response: [] } }],
    ["events/index", { run: indexEvents, empty: [] }],
    ["events/view", { run: viewEvent }],
    ["events/publish", { run: publishEvent, needs: "perm_publish" }],
    ["events/unpublish", { run: unpublishEvent, needs: "perm_modify" }],
    ["events/pushEventToZMQ", { run: pushEvent, needs: "perm_publish_zmq" }],
    ["sightings/restSearch", { run: searchSightings, empty: { response: [] } }],
    ["sightings/listSightings", { run: listSightings }],
    ["sightings/add", { run: addSightings, needs: "perm_sighting" }],
    ["sightings/delete", { run: removeSighting, needs: "perm_sighting" }],
    ["tags/attachTagToObject", { run: attachTags, needs: "perm_tagger" }],
    ["tags/removeTagFromObject", { run: removeTag, needs: "perm_tagger" }],
    ["tags/search", { run: searchTags, empty: [] }],
    ["warninglists/index", { run: indexWarninglists, empty: { Warninglists: [] } }],
    ["warninglists/view", { run: viewWarninglist }],
    ["warninglists/export", { run: exportWarninglist }],
    ["warninglists/checkValue", { run: checkValues, empty: [] }],
  ]);
}
