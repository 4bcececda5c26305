import { attributeTag } from "./attribute-rows.ts";
import { HOST, type Instance } from "./instance.ts";
import { answer, problem, type RestAnswer, type RestRequest } from "./request.ts";
import { attributeColumns, type Body, plainTime } from "./row-bodies.ts";
import type { OrganisationRow } from "./rows.ts";

/** `GET /servers/getVersion`. */
export function getVersion(_request: RestRequest, { account }: Instance): RestAnswer {
  const permission = (name: string) => account.role[name] ?? false;
  return answer({
    version: "2.5.1",
    pymisp_recommended_version: "2.5.1",
    perm_sync: permission("perm_sync"),
    perm_sighting: permission("perm_sighting"),
    perm_galaxy_editor: permission("perm_galaxy_editor"),
    perm_analyst_data: permission("perm_analyst_data"),
    uuid: "6d1c2b4e-8c4c-4b1e-9c8e-0a6b1f1f0a01",
    request_encoding: ["gzip"],
    filter_sightings: true,
  });
}

/** `GET /users/view/me`. */
export function viewMe(_request: RestRequest, { account, store }: Instance): RestAnswer {
  const organisation = store.organisation(account.organisation);
  const user = {
    id: "1",
    org_id: `${organisation.id}`,
    email: "admin@admin.test",
    autoalert: false,
    role_id: account.role.id ?? "1",
    disabled: false,
    expiration: null,
    date_modified: `${organisation.created}`,
  };
  return answer({
    User: user,
    Role: account.role,
    UserSetting: [],
    Organisation: organisationColumns(organisation),
  });
}

/** `GET /organisations/index`: local ones only, unless `scope:all` asks for every one. */
export function indexOrganisations({ named, fields }: RestRequest, { store }: Instance): RestAnswer {
  const all = (named.scope ?? fields.scope) === "all";
  const shown = [...store.organisations.values()].filter(({ local }) => all || local);
  shown.sort((one, other) => (one.name < other.name ? -1 : 1));
  return answer(shown.map((organisation) => ({ Organisation: organisationColumns(organisation) })));
}

/** `GET /organisations/view/{id|uuid|name}`. */
export function viewOrganisation(request: RestRequest, { store }: Instance): RestAnswer {
  const [wanted = ""] = request.args;
  const found = [...store.organisations.values()].find(
    ({ id, uuid, name }) => `${id}` === wanted || uuid === wanted || name === wanted,
  );
  if (!found) return problem(request, 404, "Invalid organisation");
  return answer({ Organisation: organisationColumns(found) });
}

/** `GET /attributes/view/{id|uuid}`: 405 for what is unknown or deleted, softly too. */
export function viewAttribute(request: RestRequest, { store }: Instance): RestAnswer {
  const [name = ""] = request.args;
  const row = /^\d+$/.test(name) ? store.attributes.get(Number(name)) : store.withUuid(name);
  if (row?.kind !== "attribute" || row.deleted) return problem(request, 405, "Invalid attribute");
  const tags = row.tags.length > 0 && { Tag: row.tags.map(attributeTag) };
  return answer({ Attribute: { ...attributeColumns(row), event_uuid: row.event.uuid, ...tags } });
}

function organisationColumns(organisation: OrganisationRow): Body {
  const created = plainTime(organisation.created);
  return {
    id: `${organisation.id}`,
    name: organisation.name,
    date_created: created,
    date_modified: created,
    description: null,
    type: "",
    nationality: "",
    sector: "",
    created_by: organisation.id === HOST ? "0" : "1",
    uuid: organisation.uuid,
    contacts: null,
    local: organisation.local,
    restricted_to_domain: null,
    landingpage: null,
    user_count: organisation.id === HOST ? "1" : "0",
    created_by_email: "admin@admin.test",
  };
}
