import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DatabaseSync } from "@photostructure/sqlite";
import { describe, expect, it } from "vitest";
import { applyIsolating } from "../../src/delivery/isolate.ts";
import { StateDamaged } from "../../src/state/damaged.ts";
import { NotNow, Refused } from "../../src/targets/target.ts";
import { aFolder } from "../support/a-folder.ts";
import { aDelta, anEntry } from "../support/entries.ts";
import { apply } from "./far-side.ts";
import type { Fault } from "./webhook/a-receiver.ts";
import { failing, openTarget, openWebhook } from "./webhook/a-webhook.ts";

const entry = anEntry({ value: "a.example" });
const never = new AbortController().signal;

/** What comes of a delta when the receiver does this instead. */
async function failure(fault: Fault) {
  const far = await openWebhook();
  failing(far, fault);
  return apply(far, { add: [entry] }).catch((error: unknown) => error);
}

describe("a webhook target says what happened", () => {
  it.each([200, 201, 202, 204])("%i is taken", async (status) => {
    expect(await failure({ status, after: true, body: status === 204 ? "" : "thank you" })).toEqual([]);
  });

  it.each(["gzip", "br"])("an answer that is not %s although it says so is taken", async (encoding) => {
    expect(await failure({ headers: { "Content-Encoding": encoding }, body: "thank you" })).toEqual([]);
  });

  it("an answer that is longer than anybody writes is taken", async () => {
    expect(await failure({ headers: { "Content-Length": "600000000" }, body: "x".repeat(1_000_000) })).toEqual([]);
  });

  it.each([
    [301, 300_000, /elsewhere, and redirects are not followed: change url/],
    [307, 300_000, /elsewhere/],
    [401, 300_000, /does not accept the signature/],
    [403, 300_000, /does not accept the signature, or forbids/],
    [404, 300_000, /nothing receives webhooks at this address/],
    [405, 300_000, /nothing receives webhooks/],
    [409, undefined, /does not take it/],
    [410, 3_600_000, /wants no more webhooks: take the target out/],
    [415, 300_000, /does not know batches of CloudEvents/],
    [429, undefined, /fewer requests/],
    [500, undefined, /cannot take anything now/],
    [503, undefined, /cannot take anything now/],
  ])("%i is NotNow in words of its own", async (status, wait, words) => {
    const told = await failure({ status, headers: { Location: "http://127.0.0.1:9/elsewhere" } });
    expect(told).toBeInstanceOf(NotNow);
    expect(told).toMatchObject({ wait, message: expect.stringMatching(words) });
    expect(String(told)).toContain(`(${status})`);
  });

  it("waits as long as the receiver asks, in seconds or until a date", async () => {
    expect(await failure({ status: 429, headers: { "Retry-After": "17" } })).toMatchObject({ wait: 17_000 });
    const headers = { Date: "Tue, 14 Nov 2023 22:13:20 GMT", "Retry-After": "Tue, 14 Nov 2023 22:14:20 GMT" };
    expect(await failure({ status: 503, headers })).toMatchObject({ wait: 60_000 });
    expect(await failure({ status: 410, headers })).toMatchObject({ wait: 3_600_000 });
  });

  it.each([400, 413, 422])("%i is Refused, so that delivery can look for the item at fault", async (status) => {
    expect(await failure({ status })).toBeInstanceOf(Refused);
  });

  it("no answer is NotNow, and its words tell no address", async () => {
    const told = await failure({ hangUp: true });
    expect(told).toBeInstanceOf(NotNow);
    expect(String(told)).toMatch(/^NotNow: no answer \(\w+\)$/);
  });

  it("a receiver that takes too long gave no answer", async () => {
    const far = await openWebhook({ timeout: 0.05 });
    far.receiver.fault = () => ({ headers: { "Content-Length": "9" } });
    await expect(apply(far, { add: [entry] })).rejects.toBeInstanceOf(NotNow);
  });
});

it("a receiver that takes ten events at most gets all of them, once each", async () => {
  const far = await openWebhook();
  far.receiver.fault = ({ body }) => (JSON.parse(body.toString()).length > 10 ? { status: 413 } : undefined);
  const add = Array.from({ length: 75 }, (_, n) => anEntry({ value: `${n}.example` }));
  expect(await applyIsolating(far.target, aDelta({ add }), never)).toEqual([]);
  expect(far.receiver.applied).toHaveLength(75);
});

it("an event that the receiver never takes is parked alone", async () => {
  const far = await openWebhook();
  far.receiver.fault = ({ body }) => (body.includes('"7.example"') ? { status: 422 } : undefined);
  const add = Array.from({ length: 20 }, (_, n) => anEntry({ value: `${n}.example` }));
  const refusals = await applyIsolating(far.target, aDelta({ add }), never);
  expect(refusals).toEqual([{ type: "domain", value: "7.example", reason: "the receiver finds it invalid (422)" }]);
  expect(far.receiver.held.size).toBe(19);
});

describe("a receiver with a certificate of its own", () => {
  const file = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
  const tls = { key: readFileSync(file("loopback.key"), "utf8"), cert: readFileSync(file("loopback.pem"), "utf8") };

  it("is trusted by its ca_file, or unseen, and not otherwise", async () => {
    const far = await openWebhook({}, { tls });
    await expect(apply(far, { add: [entry] })).rejects.toBeInstanceOf(NotNow);
    expect(far.receiver.received).toEqual([]);
    for (const settings of [{ ca_file: file("loopback.pem") }, { verify_tls: false }]) {
      const target = await openTarget({ url: far.receiver.url, ...settings }, far);
      expect(await target.apply(aDelta({ add: [entry] }), never)).toEqual([]);
      await target.close?.();
    }
  });
});

it("a proxy is what is asked, by the receiver's address", async () => {
  const far = await openWebhook();
  const proxied = await openTarget(
    { url: "http://soar.example/hook?a=b", proxy: new URL(far.receiver.url).origin },
    far,
  );
  await proxied.apply(aDelta({ add: [entry] }), never);
  await proxied.close?.();
  expect(far.receiver.received[0]?.path).toBe("http://soar.example/hook?a=b");
});

describe("the memory of what was told", () => {
  it("that another program holds lets the delta wait, and nothing is sent", async () => {
    const far = await openWebhook();
    const other = new DatabaseSync(join(far.state, "webhooks", "soar.sqlite"));
    other.exec("BEGIN IMMEDIATE");
    await expect(apply(far, { add: [entry] })).rejects.toThrow(/soar\.sqlite cannot be written/);
    expect(far.receiver.received).toEqual([]);
    other.exec("ROLLBACK");
    other.close();
    await apply(far, { add: [entry] });
  });

  it("that is damaged stops the start with the way out", async () => {
    const state = aFolder();
    mkdirSync(join(state, "webhooks"));
    writeFileSync(join(state, "webhooks", "soar.sqlite"), "no database, ".repeat(1_000));
    const opening = openTarget({ url: "http://127.0.0.1:9/" }, { state, later: { by: 0 } });
    await expect(opening).rejects.toThrow(StateDamaged);
    await expect(opening).rejects.toThrow(/Move it away; what is sent again then has another id/);
  });
});
