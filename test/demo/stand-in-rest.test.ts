import { expect, test } from "vitest";
import { roleWith } from "../../src/demo/stand-in/roles.ts";
import { Lab, parts } from "./stand-in-lab.ts";

const lab = new Lab();

test("refuses a wrong key with 403 and records what it was asked", async () => {
  const { status, body } = await lab.get("/servers/getVersion", "wrong");
  expect(status).toBe(403);
  expect(body).toMatchObject({ name: expect.stringMatching(/^Authentication failed/), url: "/servers/getVersion" });
  expect(lab.misp.requests.at(-1)).toEqual({ method: "GET", path: "/servers/getVersion", body: undefined });
});

test("knows the key's role and organisation and every organisation by uuid", async () => {
  const { uuid } = lab.misp.addOrganisation({ name: "Elsewhere" });
  lab.misp.role = roleWith("User", ["tagger"]);
  expect((await lab.get("/users/view/me")).body).toMatchObject({
    Role: { name: "User", perm_tagger: true, perm_publish: false },
    Organisation: { id: "1" },
  });
  const names = async (path: string) => parts((await lab.get(path)).body, "Organisation.name");
  expect(await names("/organisations/index")).toEqual(["ORGNAME"]);
  expect(await names("/organisations/index/scope:all")).toEqual(["Elsewhere", "ORGNAME"]);
  expect((await lab.get(`/organisations/view/${uuid}`)).at("Organisation.id")).toBe("2");
  expect((await lab.get("/organisations/view/99")).status).toBe(404);
});

test("answers 404 for an unknown event and 405 for an attribute that is unknown or deleted", async () => {
  const { uuid, attributes } = lab.misp.addEvent({ info: "one", attributes: [{ type: "domain", value: "a" }] });
  expect((await lab.get(`/events/view/${uuid}`)).at("Event.Attribute")).toHaveLength(1);
  expect((await lab.get("/events/view/77")).status).toBe(404);
  expect((await lab.get(`/attributes/view/${attributes[0]?.uuid}`)).status).toBe(200);
  lab.misp.softDelete(attributes[0]?.id ?? 0);
  expect((await lab.get(`/attributes/view/${attributes[0]?.uuid}`)).status).toBe(405);
});

test("takes sightings, says in a 200 what it could not do, and finds them in a window", async () => {
  lab.misp.addEvent({ info: "one", attributes: [{ type: "domain|ip", value: "a|1.2.3.4" }] });
  expect((await lab.post("/sightings/add", { value: "none" })).body).toEqual({
    message: expect.stringMatching(/^Could not add/),
  });
  expect((await lab.post("/sightings/add/1", { type: "5" })).body).toEqual({
    message: expect.stringMatching(/Invalid type/),
  });
  const added = await lab.post("/sightings/add", {
    values: ["1.2.3.4"],
    type: "1",
    source: "sensor",
    timestamp: 1_799_000_000,
  });
  expect(added.at("Sighting")).toMatchObject({
    type: "1",
    source: "sensor",
    date_sighting: "1799000000",
    org_id: "1",
  });
  const search = async (filter: unknown) => (await lab.post("/sightings/restSearch", filter)).at("response");
  expect(await search({ last: "1d" })).toEqual([]);
  expect(await search({ from: 1_798_000_000 })).toHaveLength(1);
  expect(await search({ from: 1_798_000_000, to: 1_798_500_000 })).toEqual([]);
  const asked = { includeAttribute: 1, includeEvent: 1, type: "1" };
  expect((await lab.post("/sightings/restSearch", asked)).at("response.0.Sighting")).toMatchObject({
    value: "a|1.2.3.4",
    Attribute: { type: "domain|ip" },
    Event: { id: "1" },
    Organisation: { uuid: expect.any(String) },
  });
  expect((await lab.post("/sightings/restSearch", { id: "1" })).status).toBe(400);
  expect((await lab.post("/sightings/delete/1", {})).status).toBe(200);
  expect((await lab.post("/sightings/delete/1", {})).status).toBe(404);
  expect(await lab.ear.until(lab.misp)).toEqual(["event add", "attribute add", "sighting add", "sighting delete"]);
});

test("attaches and removes tags under MISP's conditions", async () => {
  const { uuid } = lab.misp.addEvent({ info: "one", published: true });
  const attach = (tag: string, local: boolean) => lab.post("/tags/attachTagToObject", { uuid, tag, local });
  expect((await attach("mine", true)).at("message")).toBe("Local tag mine(1) successfully attached to Event(1).");
  expect((await attach("mine", true)).at("message")).toMatch(/already has/);
  expect((await lab.post("/tags/attachTagToObject", { uuid: "none", tag: "x" })).status).toBe(404);
  expect((await lab.post("/tags/removeTagFromObject", { uuid, tag: "none" })).status).toBe(405);
  expect((await lab.post("/tags/removeTagFromObject", { uuid, tag: "mine" })).status).toBe(200);
  expect((await lab.post("/tags/removeTagFromObject", { uuid, tag: "mine" })).status).toBe(404);
  expect((await lab.get(`/events/view/${uuid}`)).at("Event.published")).toBe(true);
  expect((await lab.get("/tags/search/mi%25")).body).toHaveLength(1);
  lab.misp.addOrganisation({ name: "Elsewhere" });
  lab.misp.keyOrganisation = 2;
  lab.misp.role = roleWith("User", ["tagger"]);
  expect((await attach("mine", true)).body).toMatchObject({
    saved: false,
    errors: expect.stringMatching(/host organisation/),
  });
  expect((await attach("mine", false)).status).toBe(403);
  expect((await lab.post("/events/publish/1", {})).status).toBe(403);
});

test("publishes, unpublishes and pushes over REST as over its commands", async () => {
  lab.misp.addEvent({ info: "one", attributes: [{ type: "domain", value: "a" }] });
  for (const action of ["publish", "unpublish", "pushEventToZMQ"]) {
    expect((await lab.post(`/events/${action}/1`, {})).body).toMatchObject({ saved: true, id: "1" });
  }
  expect(await lab.ear.until(lab.misp)).toEqual(["event add", "attribute add", "misp_json", "event edit", "misp_json"]);
});

test("announces warninglists by their header and matches values against the enabled ones", async () => {
  const list = { matchingAttributes: ["ALL"], enabled: true };
  lab.misp.setWarninglist({ id: 3, name: "private", type: "cidr", list: ["10.0.0.0/8"], ...list });
  lab.misp.setWarninglist({ id: 4, name: "top", type: "hostname", list: ["example.com"], ...list });
  lab.misp.setWarninglist({ id: 4, name: "top", type: "hostname", list: ["example.org"], ...list });
  expect(await lab.ear.until(lab.misp)).toEqual(["warninglist add", "warninglist add", "warninglist edit"]);
  expect((await lab.post("/warninglists/checkValue", ["10.1.2.3", "www.example.org", "example.com"])).body).toEqual({
    "10.1.2.3": [{ id: "3", name: "private", matched: "10.0.0.0/8" }],
    "www.example.org": [{ id: "4", name: "top", matched: "example.org" }],
  });
  expect((await lab.post("/warninglists/checkValue", ["x"])).body).toEqual([]);
  expect((await lab.get("/warninglists/index")).at("Warninglists.0.Warninglist")).toMatchObject({
    id: "4",
    version: "2",
  });
  expect((await lab.get("/warninglists/export/3")).body).toMatchObject({
    list: ["10.0.0.0/8"],
    matching_attributes: ["ALL"],
  });
  expect((await lab.get("/warninglists/view/3")).at("Warninglist.WarninglistEntry.0.value")).toBe("10.0.0.0/8");
});

test("fails in the ways it is told to", async () => {
  lab.misp.addEvent({ info: "one", attributes: [{ type: "domain", value: "a" }] });
  Object.assign(lab.misp.faults, { restStatus: 429 });
  const limited = await lab.get("/events/view/1");
  expect([limited.status, limited.headers.get("Retry-After")]).toEqual([429, "1"]);
  Object.assign(lab.misp.faults, { restStatus: undefined, emptyAnswers: true });
  expect(await lab.found({})).toEqual([]);
  Object.assign(lab.misp.faults, { emptyAnswers: false, errorInside: true });
  expect(await lab.get("/events/view/1")).toMatchObject({ status: 200, body: { errors: expect.any(String) } });
  Object.assign(lab.misp.faults, { errorInside: false, truncated: true });
  await expect(lab.get("/events/view/1")).rejects.toThrow(SyntaxError);
  Object.assign(lab.misp.faults, { truncated: "connection" });
  await expect(lab.get("/events/view/1")).rejects.toThrow();
  Object.assign(lab.misp.faults, { truncated: false, restDown: true });
  await expect(lab.get("/events/view/1")).rejects.toThrow();
  Object.assign(lab.misp.faults, { restDown: false });
  expect((await lab.get("/events/view/1")).status).toBe(200);
});
