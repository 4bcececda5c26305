import { afterEach, expect, test } from "vitest";
import { searchSightings } from "../../src/misp/sighting-search.ts";
import { aClient } from "../support/a-client.ts";
import { AnsweringServer, json } from "../support/answering-server.ts";

const NEVER = new AbortController().signal;
const EVENT = "5b0f2d3e-7c1c-4a55-9d3e-0c6a1d2f4b10";
const KNOWN = [
  { id: 5, attribute: 3, event: EVENT },
  { id: 6, attribute: 3, event: EVENT },
];

let server: AnsweringServer;
afterEach(() => server[Symbol.asyncDispose]());

/** What comes of a search that finds none, where MISP shows these with their attributes, and these with their event. */
async function searched(listed: ReturnType<typeof json>, withEvent: object[] = []) {
  const event = json({ Event: { uuid: EVENT, Attribute: [{ id: "3", Sighting: withEvent }] } });
  const answers = new Map([
    ["/sightings/listSightings", listed],
    [`/events/view/${EVENT}`, event],
  ]);
  server = await AnsweringServer.start((asked, response) => {
    (answers.get(asked.path) ?? json({ response: [] }))(asked, response);
  });
  return searchSightings(aClient(server.url), { from: 0, to: 9, whole: false }, () => KNOWN, NEVER);
}

test("a list without sightings is not believed while MISP has one of those that are known, as one that loads none", async () => {
  const answer = searched(json([{ Sighting: { id: "6", attribute_id: "3" }, Organisation: { name: "ORGNAME" } }]));
  await expect(answer).rejects.toMatchObject({ meaning: "garbled" });
  await expect(answer).rejects.toThrow("MISP.disable_sighting_loading");
  expect(server.asked.at(-1)?.body).toEqual({ id: [3], context: "attribute" });
});

test("a list without sightings is not believed where MISP says nothing of their attributes, and shows one with its event", async () => {
  await expect(searched(json({ message: "Not found." }, 404), [{ id: "6" }])).rejects.toMatchObject({
    meaning: "garbled",
  });
});

test.each([
  ["shows others only", json([{ Sighting: { id: "7", attribute_id: "3" } }])],
  ["shows none", json([])],
  ["has none of their attributes any more", json({ message: "Invalid object." }, 405)],
])("a list without sightings is believed where MISP %s", async (_, listed) => {
  expect(await searched(listed)).toEqual([{ kind: "sightings-listed", from: 0, to: 9, ids: new Set(), whole: false }]);
});
