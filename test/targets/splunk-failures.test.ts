import { describe, expect, it } from "vitest";
import { NotNow, Partly, Refused } from "../../src/targets/target.ts";
import { aDelta, anEntry } from "../support/entries.ts";
import { apply } from "./far-side.ts";
import { type ASplunk, documents, failing, openSplunk, openTarget } from "./splunk/a-splunk.ts";
import type { Fault } from "./splunk/stand-in-splunk.ts";

const { signal } = new AbortController();

const entry = anEntry({ value: "a.example" });

/** What comes of a delta when all requests to a part of Splunk are answered like this, after one that went well. */
async function failure(part: string, fault: Fault, delta: Parameters<typeof apply>[1] = { add: [entry] }) {
  const far = await openSplunk();
  await apply(far, { add: [anEntry({ value: "before.example" })] });
  failing(far, part, fault);
  return apply(far, delta).catch((error: unknown) => error);
}

describe("a splunk target says what happened", () => {
  it.each([
    [401, "call not properly authenticated", /does not accept the token: it is wrong, switched off or has expired/],
    [403, "Insufficient permissions", /the token's role may not write to collection misp_domain: Insufficient/],
    [404, "Could not find object.", /the app or the collection is not there/],
    [409, "Conflict", /something else was there first/],
    [429, "Slow down", /asked too often/],
    [500, "Internal", /Splunk answered 500: Internal/],
    [503, "KV Store is not ready", /the KV store is starting, or its cluster is not ready: KV Store is not ready/],
  ])("%i is NotNow in words of its own", async (status, text, words) => {
    const told = await failure("batch_save", { status, text });
    expect(told).toBeInstanceOf(NotNow);
    expect(String(told)).toMatch(words);
  });

  it.each([401, 403, 404, 400, 500])("a deletion that is answered with %i is not done", async (status) => {
    const told = await failure("/data/", { status }, { remove: [entry] });
    expect(told).toBeInstanceOf(NotNow);
  });

  it.each([
    ["a page", "<html>Please log in</html>"],
    ["an error inside", '{"messages":[{"type":"ERROR","text":"KV Store is in maintenance mode."}]}'],
  ])("a deletion that is answered with 200 and %s is not done", async (_, body) => {
    const told = await failure("/data/", { status: 200, body }, { remove: [entry] });
    expect(told).toBeInstanceOf(NotNow);
    expect(String(told)).toContain("could not delete from collection misp_domain");
  });

  it("waits as long as Splunk asks, in seconds or until a date", async () => {
    const seconds = await failure("batch_save", { status: 503, headers: { "Retry-After": "17" } });
    expect(seconds).toMatchObject({ wait: 17_000 });
    const headers = { Date: "Tue, 14 Nov 2023 22:13:20 GMT", "Retry-After": "Tue, 14 Nov 2023 22:14:20 GMT" };
    expect(await failure("batch_save", { status: 429, headers })).toMatchObject({ wait: 60_000 });
  });

  it("a batch that Splunk finds invalid is Refused, so that delivery can look for the item at fault", async () => {
    const told = await failure("batch_save", { status: 400, text: "JSON in the request is invalid." });
    expect(told).toBeInstanceOf(Refused);
    expect(String(told)).toContain("JSON in the request is invalid");
  });

  it("a page that says 400 is no word about a document", async () => {
    const body = "<html>400 The plain HTTP request was sent to HTTPS port</html>";
    expect(await failure("batch_save", { status: 400, body })).toBeInstanceOf(NotNow);
  });

  it("one document that is too large by itself is Refused", async () => {
    expect(await failure("batch_save", { status: 413 })).toBeInstanceOf(Refused);
  });

  it("an answer that is cut, or does not name what was saved, is no success", async () => {
    expect(await failure("batch_save", { status: 200, cut: true })).toBeInstanceOf(NotNow);
    expect(await failure("batch_save", { status: 200, body: "[]" })).toBeInstanceOf(NotNow);
    expect(await failure("batch_save", { status: 200, body: "<html>Please log in</html>" })).toBeInstanceOf(NotNow);
  });

  it("a collection that somebody took away is one of which all is to be sent again, and a page that says 404 is none", async () => {
    const far = await openSplunk();
    const others = anEntry({ type: "url", value: "http://a.example/" });
    const lost = async (...types: string[]) => far.target.bare?.(types, signal);
    expect(await lost("domain", "url")).toEqual(["domain", "url"]);
    await apply(far, { add: [entry, others] });
    failing(far, "batch_save", { status: 404, body: "<html>Not Found</html>" }, 1);
    await expect(apply(far, { renew: [entry] })).rejects.toBeInstanceOf(NotNow);
    expect(await lost("domain")).toEqual([]);
    for (const name of ["misp_domain", "misp_url"]) {
      const address = `${far.far.url}/servicesNS/nobody/misp_courier/storage/collections/config/${name}`;
      const headers = { Authorization: `Bearer ${far.far.token}` };
      expect((await fetch(address, { method: "DELETE", headers })).status).toBe(200);
    }
    expect(await lost("domain")).toEqual([]);
    await expect(apply(far, { renew: [entry] })).rejects.toBeInstanceOf(NotNow);
    expect(await lost("domain")).toEqual(["domain", "url"]);
    await apply(far, { add: [entry] });
    expect(await lost("domain")).toEqual([]);
  });

  it("an app that is not installed is named", async () => {
    const far = await openSplunk({ app: "misp_elsewhere" });
    await expect(apply(far, { add: [entry] })).rejects.toThrow(
      /list the collections of app misp_elsewhere.*does not exist/,
    );
  });

  it("a collection that does not say which app it belongs to is no missing one", async () => {
    const far = await openSplunk();
    await apply(far, { add: [entry] });
    failing(far, "config?count", { status: 200, body: '{"entry":[{"name":"misp_domain"}]}' });
    const restarted = await openTarget({ url: far.far.url, token: far.far.token });
    await restarted.apply(aDelta({ remove: [entry] }), new AbortController().signal);
    expect(documents(far, "misp_domain")).toEqual([]);
  });

  it("what is no Splunk is told as such", async () => {
    const far = await openSplunk();
    failing(far, "config", { status: 200, body: "<html>It works!</html>" });
    await expect(apply(far, { add: [entry] })).rejects.toThrow(/no KV store/);
  });

  it("a role that may not make collections is told which one was lacking", async () => {
    const far = await openSplunk();
    failing(far, "config?output_mode", { status: 403, text: "Forbidden" });
    await expect(apply(far, { add: [entry] })).rejects.toThrow(/may not create collection misp_domain: Forbidden/);
  });

  it("a collection that may not be made keeps up only what is for it", async () => {
    const far = await openSplunk();
    await apply(far, { add: [entry] });
    failing(far, "config?output_mode", { status: 403, text: "Forbidden" });
    const add = [anEntry({ type: "mutex", value: "Global\\x" }), anEntry({ value: "b.example" })];
    await expect(apply(far, { add, remove: [entry] })).rejects.toThrow(Partly);
    expect(documents(far, "misp_domain")).toMatchObject([{ value: "b.example" }]);
  });

  it("the token stays untold even when the far side repeats it", async () => {
    const far = await openSplunk();
    failing(far, "", { status: 403, text: `no ${far.far.token}\u001b[2J\nfor you` });
    const told = await apply(far, { add: [entry] }).catch((error: unknown) => error);
    expect(String(told)).toMatch(/: no \*\*\* \[2J for you$/);
  });

  it("a delta that was done though its answer was lost is done again without harm", async () => {
    const far = await openSplunk();
    failing(far, "batch_save", { status: 200, cut: true, after: true }, 1);
    await expect(apply(far, { add: [entry] })).rejects.toBeInstanceOf(NotNow);
    await apply(far, { add: [entry] });
    expect(documents(far, "misp_domain")).toHaveLength(1);
  });

  it("a token that runs out in mid-run stops it, and a new one lets it go on", async () => {
    const far: ASplunk = await openSplunk();
    await apply(far, { add: [entry] });
    far.far.tokenIsValid = false;
    await expect(apply(far, { remove: [entry] })).rejects.toThrow(/has expired/);
    far.far.tokenIsValid = true;
    await apply(far, { remove: [entry] });
    expect(documents(far, "misp_domain")).toEqual([]);
  });
});
