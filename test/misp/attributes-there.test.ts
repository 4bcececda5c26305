import { afterAll, beforeAll, expect, test } from "vitest";
import { attributesThere } from "../../src/misp/attributes-there.ts";
import { aClient } from "../support/a-client.ts";
import { AnsweringServer, json } from "../support/answering-server.ts";

const [GONE, THERE, WITNESS, STRANGER] = [1, 2, 3, 4].map((digit) => `${digit}0000000-0000-4000-8000-000000000000`);

let server: AnsweringServer;
beforeAll(async () => {
  server = await AnsweringServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

const row = (uuid: string | undefined, deleted = false) => ({ uuid, deleted });

function asked(...rows: (object | null)[]) {
  server.answer = json({ response: { Attribute: rows } });
  return attributesThere(aClient(server.url), [`${GONE}`, `${THERE}`], `${WITNESS}`, new AbortController().signal);
}

test("of those that are asked for, one is there that MISP shows and does not call deleted", async () => {
  expect(await asked(row(THERE), row(WITNESS))).toEqual(new Set([THERE, WITNESS]));
  expect(await asked(row(GONE, true), row(THERE), row(WITNESS))).toEqual(new Set([THERE, WITNESS]));
  expect(server.asked.at(-1)?.body).toMatchObject({ uuid: [GONE, THERE, WITNESS], deleted: [0, 1] });
});

test.each([
  ["is empty", []],
  ["lacks what MISP has just shown", [row(THERE)]],
  ["has a row that is none", [row(WITNESS), null]],
  ["brings what was not asked for", [row(WITNESS), row(STRANGER)]],
])("an answer that %s says nothing of what it lacks", async (_, rows) => {
  expect(await asked(...rows)).toBeUndefined();
});
