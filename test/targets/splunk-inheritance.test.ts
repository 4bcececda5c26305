import { describe, expect, it } from "vitest";
import { keyOf } from "../../src/model/indicator.ts";
import { anEntry } from "../support/entries.ts";
import { apply } from "./far-side.ts";
import { type ASplunk, asked, documents, failing, listed, openSplunk } from "./splunk/a-splunk.ts";

const APP = "search";
const domain = (value: string) => anEntry({ type: "domain", value });

/** A Splunk that MISP-Broker filled, with the keys that Splunk gave to each document. */
async function inherited(values: Record<string, readonly string[]>, settings: object = {}): Promise<ASplunk> {
  const far = await openSplunk({ layout: "broker", app: APP, ...settings });
  for (const [collection, held] of Object.entries(values)) {
    far.far.collections.config({ method: "POST", app: APP, rest: [], parameters: {}, body: `name=${collection}` });
    for (const [n, value] of held.entries()) {
      const _key = `5410be5441ba15298e${String(n).padStart(6, "0")}`;
      far.far.collections.find(APP, collection).insert({ _key, value });
    }
  }
  return far;
}

const values = (far: ASplunk, collection: string) =>
  documents(far, collection, APP)
    .map(({ value }) => value)
    .sort();

describe("what MISP-Broker has left in Splunk", () => {
  it("is taken off when it no longer holds, pairs and all", async () => {
    const far = await inherited({
      tsi_misp_domain: ["a.example", "Odd.example", "b.example"],
      tsi_misp_domain_ip: ["a.example|192.0.2.1"],
    });
    await apply(far, {
      remove: [
        domain("a.example"),
        domain("Odd.example"),
        anEntry({ type: "domain|ip", value: "a.example|192.0.2.1" }),
      ],
    });
    expect(values(far, "tsi_misp_domain")).toEqual(["b.example"]);
    expect(values(far, "tsi_misp_domain_ip")).toEqual([]);
  });

  it("is not there twice when it is added again", async () => {
    const far = await inherited({ tsi_misp_domain: ["a.example", "b.example", "a.example"] });
    await apply(far, { add: [domain("a.example"), domain("c.example")] });
    expect(values(far, "tsi_misp_domain")).toEqual(["a.example", "b.example", "c.example"]);
  });

  it("is missing at no time while it gets keys of the courier's own, not even where that is cut short", async () => {
    const far = await inherited({ tsi_misp_domain: ["a.example", "b.example"] });
    failing(far, '/data/tsi_misp_domain?query={"$or"', { status: 503 }, 1);
    await expect(apply(far, { add: [domain("c.example")] })).rejects.toThrow(/could not delete/);
    expect(new Set(values(far, "tsi_misp_domain"))).toEqual(new Set(["a.example", "b.example"]));
    await apply(far, { add: [domain("c.example")] });
    expect(documents(far, "tsi_misp_domain", APP).map(({ _key }) => _key)).toEqual(
      ["a.example", "b.example", "c.example"].map((value) => keyOf(domain(value))),
    );
  });

  it("is read back as what the courier holds there, and nothing is written for it", async () => {
    const far = await inherited({ tsi_misp_domain: ["a.example"], tsi_misp_domain_ip: ["a.example|192.0.2.1"] });
    const found = (await listed(far)).map(({ indicator }) => indicator);
    expect(found).toContainEqual({ type: "domain", value: "a.example" });
    expect(found).toContainEqual({ type: "domain|ip", value: "a.example|192.0.2.1" });
    expect(asked(far).filter((request) => !request.startsWith("GET"))).toEqual([]);
  });

  it("is looked for once", async () => {
    const far = await inherited({ tsi_misp_domain: ["a.example"] });
    await apply(far, { add: [domain("b.example")] });
    const before = asked(far).length;
    await apply(far, { add: [domain("c.example")] });
    expect(asked(far).slice(before)).toEqual(["POST batch_save"]);
  });

  it("is looked through from where a try ended, as one try may be too short for all of it", async () => {
    const far = await inherited({ tsi_misp_domain: ["a.example"] });
    const beginnings = () => far.far.asked.filter(({ path }) => decodeURIComponent(path).includes('{"$gt":""}')).length;
    // The first page is read, and the next not.
    failing(far, '"$gt":"5410be', { status: 503 }, 1);
    await expect(apply(far, { add: [domain("b.example")] })).rejects.toThrow(/could not read/);
    await apply(far, { add: [domain("b.example")] });
    expect(beginnings()).toBe(1);
    expect(values(far, "tsi_misp_domain")).toEqual(["a.example", "b.example"]);
  });

  it("is told from what people put there, which has more to it, and from the documents of another layout", async () => {
    const far = await inherited({ tsi_misp_domain: [] });
    const note = { _key: "5410be5441ba15298e0000ff", value: "a.example", note: "by hand" };
    far.far.collections.find(APP, "tsi_misp_domain").insert(note);
    await apply(far, { remove: [domain("a.example")] });
    expect(documents(far, "tsi_misp_domain", APP)).toEqual([{ ...note, _user: "nobody" }]);
    const plain = await inherited({ misp_domain: ["a.example"] }, { layout: "plain" });
    await apply(plain, { remove: [domain("a.example")] });
    expect(values(plain, "misp_domain")).toEqual(["a.example"]);
  });
});
