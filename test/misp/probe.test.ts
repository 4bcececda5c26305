import { afterEach, describe, expect, test } from "vitest";
import { probe } from "../../src/misp/probe.ts";
import { aClient } from "../support/a-client.ts";
import { AnsweringServer, json } from "../support/answering-server.ts";

let server: AnsweringServer;
afterEach(() => server[Symbol.asyncDispose]());

/** Probes a MISP of this version whose key has this owner. */
async function probed(version: unknown, user: object = { disabled: false }) {
  const me = { User: user, Role: { name: "Publisher" }, Organisation: { name: "CIRCL" } };
  server = await AnsweringServer.start((asked, response) => {
    json(asked.path.endsWith("getVersion") ? { version } : me)(asked, response);
  });
  return probe(aClient(server.url));
}

test("MISP tells its version, and the role and organisation of the key", async () => {
  expect(await probed("2.5.1")).toMatchObject({
    version: "2.5.1",
    role: "Publisher",
    organisation: "CIRCL",
    findings: [],
  });
});

describe("a MISP that is too old is named with the cure", () => {
  test.for([
    ["2.4.198", 1],
    ["2.4.199", 0],
    ["2.4.199.1", 0],
    ["2.5", 0],
    ["3.0.0", 0],
    ["2.3.300", 1],
    ["nonsense", 1],
    ["", 1],
  ] as const)("%s: %d findings", async ([version, findings]) => {
    expect((await probed(version)).findings).toHaveLength(findings);
  });
});

test.for([true, 1, "1"])("a user whose disabled flag is %j is named", async (disabled) => {
  expect((await probed("2.5.1", { disabled })).findings).toEqual([expect.stringContaining("disabled")]);
});

test("a key that MISP refuses is an error", async () => {
  server = await AnsweringServer.start(json({ name: "Authentication failed" }, 403));
  await expect(probe(aClient(server.url))).rejects.toMatchObject({ meaning: "key" });
});
