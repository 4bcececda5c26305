import { expect, test } from "vitest";
import { answerDrift, DRIFT_ANSWER } from "../../src/courier/drift-desk.ts";
import type { Audits } from "../../src/delivery/audits.ts";
import { silent } from "../../src/log.ts";
import { ALedger } from "../support/a-ledger.ts";

const ASKED = JSON.stringify({ target: "lists", repair: false, ticket: "t1" });

/** The request is answered while the audit fails; `ends`: since the line ends. */
async function interrupted(ends: boolean) {
  const { ledger } = new ALedger();
  const line = new AbortController();
  const audit = async () => {
    if (ends) line.abort();
    throw new Error("This operation was aborted");
  };
  const audits = { reads: () => true, audit } as Partial<Audits> as Audits;
  await answerDrift(ASKED, { audits, ledger, log: silent, signal: line.signal, begun: true });
  const requests = ledger.requests.take().map(({ what, argument }) => ({ what, argument }));
  return { requests, answer: ledger.fact(DRIFT_ANSWER) };
}

test("a request that the end of the line cuts short waits for the next one, as after a change of the configuration", async () => {
  expect(await interrupted(true)).toEqual({ requests: [{ what: "drift", argument: ASKED }], answer: undefined });
});

test("a request that fails otherwise is answered with the reason", async () => {
  const { requests, answer } = await interrupted(false);
  expect(requests).toEqual([]);
  expect(JSON.parse(`${answer}`)).toEqual({ ticket: "t1", problem: "This operation was aborted" });
});
