import { afterEach, expect, test } from "vitest";
import { searchSightings } from "../../src/misp/sighting-search.ts";
import { aClient } from "../support/a-client.ts";
import { AnsweringServer, json } from "../support/answering-server.ts";

const NEVER = new AbortController().signal;
const KNOWN = [
  { id: 5, attribute: 3 },
  { id: 6, attribute: 3 },
];

let server: AnsweringServer;
afterEach(() => server[Symbol.asyncDispose]());

/** What comes of a search that finds none, where MISP shows these with their attributes. */
async function searched(listed: ReturnType<typeof json>) {
  server = await AnsweringServer.start((asked, response) => {
    (asked.path === "/sightings/listSightings" ? listed : json({ response: [] }))(asked, response);
  });
  return searchSightings(aClient(server.url), { from: 0, to: 9 }, () => KNOWN, NEVER);
}

test("a list without sightings is not believed while MISP has one of those that are known, as one that loads none", async () => {
  const answer = searched(json([{ Sighting: { id: "6", attribute_id: "3" }, Organisation: { name: "ORGNAME" } }]));
  await expect(answer).rejects.toMatchObject({ meaning: "garbled" });
  await expect(answer).rejects.toThrow("MISP.disable_sighting_loading");
  expect(server.asked.at(-1)?.body).toEqual({ id: [3], context: "attribute" });
});

test.each([
  ["shows others only", json([{ Sighting: { id: "7", attribute_id: "3" } }])],
  ["shows none", json([])],
  ["has none of their attributes any more", json({ message: "Invalid object." }, 405)],
])("a list without sightings is believed where MISP %s", async (_, listed) => {
  expect(await searched(listed)).toEqual([{ kind: "sightings-listed", from: 0, to: 9, ids: new Set() }]);
});
