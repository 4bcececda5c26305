import { expect, test } from "vitest";
import { introduce } from "../../src/courier/introduce.ts";
import { silent } from "../../src/log.ts";
import { MispClient } from "../../src/misp/client.ts";

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
