import { expect, test } from "vitest";
import { introduce } from "../../src/courier/introduce.ts";
import { silent } from "../../src/log.ts";
import { MispClient } from "../../src/misp/client.ts";
import { aClient } from "../support/a-client.ts";
import { AnsweringServer, json } from "../support/answering-server.ts";

test("a MISP that does not answer is told in its own words, without a stack", async () => {
  const stop = new AbortController();
  const told: Record<string, unknown>[] = [];
  const error = (_: string, facts: Record<string, unknown> = {}) => {
    told.push(facts);
    stop.abort();
  };
  await introduce({
    client: new MispClient({ url: "http://127.0.0.1:9", key: "k".repeat(40), verify_tls: true, timeout: 5 }),
    signal: stop.signal,
    log: { ...silent, error },
    answer: async () => {},
    introduced: () => {},
    delayed: () => {},
    findings: async () => [],
    found: () => {},
  });
  expect(told).toEqual([{ reason: expect.stringMatching(/^MISP cannot be reached: .*ECONNREFUSED/) }]);
});

test("a MISP that keeps the list of organisations from the key's role is known all the same", async () => {
  await using server = await AnsweringServer.start((asked, response) => {
    const me = { User: {}, Role: {}, Organisation: { id: "7", uuid: "aeea95ce-1400-46e6-a396-c5e817780fa0" } };
    const isHidden = asked.path.startsWith("/organisations");
    (isHidden ? json({ message: "No." }, 403) : json({ version: "2.5.1", ...me }))(asked, response);
  });
  const stop = new AbortController();
  const introduced: unknown[] = [];
  await introduce({
    client: aClient(server.url),
    signal: stop.signal,
    log: { ...silent, error: () => stop.abort() },
    answer: async () => {},
    introduced: ({ organisationId }) => introduced.push(organisationId),
    delayed: () => {},
    findings: async () => [],
    found: () => {},
  });
  expect(introduced).toEqual([7]);
});
