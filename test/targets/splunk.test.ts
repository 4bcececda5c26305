import { describe, expect, it } from "vitest";
import { keyOf } from "../../src/model/indicator.ts";
import { targetKinds } from "../../src/targets/index.ts";
import { splunk } from "../../src/targets/splunk.ts";
import { anEntry, anOrigin } from "../support/entries.ts";
import { targetContract, type UnderTest } from "./contract.ts";
import { apply } from "./far-side.ts";
import { type ASplunk, asked, documents, failing, listed, openSplunk, openTarget } from "./splunk/a-splunk.ts";

const domain = (value: string) => anEntry({ type: "domain", value });
const domains = (count: number) => Array.from({ length: count }, (_, n) => domain(`host-${n}.example`));

const common: Omit<UnderTest<ASplunk>, "open"> = {
  trace: async ({ far }) => far.asked.length,
  freeTextType: "user-agent",
  unacceptable: [domain(""), domain("good.example\nevil.example"), domain("a\u0000"), domain("\ud800")],
  outage: async (splunk) => {
    failing(splunk, "", { status: 503, text: "KV Store is in maintenance mode" });
    return async () => failing(splunk, "", { status: 503 }, 0);
  },
  foreign: async ({ far }) => {
    const collection = far.collections.of("misp_courier").find(({ name }) => name.endsWith("domain"));
    collection?.insert({ _key: "by-hand", value: "host-1.example" });
    return async () => collection?.documents.has("by-hand") === true;
  },
  secrets: ["eyJraWQiOiJzcGx1bmsuc2VjcmV0In0.s3cret.jwt", "c0ffee00-0000-4000-8000-00000000hec0"],
};

targetContract("splunk", {
  ...common,
  unacceptable: [...(common.unacceptable ?? []), anEntry({ type: "domain|ip", value: "a.example|192.0.2.1" })],
  open: () => openSplunk(),
});
targetContract("splunk with MISP-Broker's layout", { ...common, open: () => openSplunk({ layout: "broker" }) });
targetContract("splunk with an event collector", { ...common, open: () => openSplunk({}, { hec: { index: "misp" } }) });

describe("the documents of a splunk target", () => {
  it("stand in the registry under their type", () => {
    expect(targetKinds.splunk?.summary).toBe(splunk.summary);
  });

  it("have the indicator's own key, and tell what holds it up, the newest event first", async () => {
    const one = anOrigin({ tags: ["tlp:red", "apt"], comment: "seen", firstSeen: 100, lastSeen: 300 });
    const two = anOrigin({ eventUuid: "two", eventId: 2, eventInfo: "", timestamp: 1_800_000_000, tags: ["apt"] });
    const entry = anEntry({ score: 80, expires: 1_900_000_000, origins: [one, two] });
    const far = await openSplunk();
    await apply(far, { add: [entry] });
    expect(documents(far, "misp_domain")).toEqual([
      {
        _key: keyOf(entry),
        _user: "nobody",
        value: "bad.example",
        type: "domain",
        score: 80,
        expires_at: 1_900_000_000,
        first_seen: 100,
        last_seen: 300,
        events: 2,
        event_id: ["2", "1"],
        event_uuid: ["two", one.eventUuid],
        event: ["(none)", "A campaign"],
        organisation: ["CIRCL", "CIRCL"],
        tags: ["apt", "tlp:red"],
        category: ["Network activity"],
        comment: ["seen"],
      },
    ]);
  });

  it("are the value alone in MISP-Broker's layout, in its collections, pairs joined", async () => {
    const far = await openSplunk({ layout: "broker", app: "search" });
    await apply(far, {
      add: [anEntry({ type: "domain|ip", value: "a.example|192.0.2.1" }), anEntry({ type: "ip-dst" })],
    });
    const [pair] = documents(far, "tsi_misp_domain_ip", "search");
    expect(pair).toEqual({
      _key: keyOf({ type: "domain|ip", value: "a.example|192.0.2.1" }),
      _user: "nobody",
      value: "a.example|192.0.2.1",
    });
    expect(far.far.collections.find("search", "tsi_misp_ip-dst").settings).toMatchObject({ "field.value": "cidr" });
  });

  it("lose what they no longer show when they are renewed", async () => {
    const far = await openSplunk();
    await apply(far, { add: [anEntry({ expires: 1_900_000_000 })] });
    await apply(far, { renew: [anEntry({ expires: null, origins: [anOrigin({ category: "" })] })] });
    expect(documents(far, "misp_domain")[0]).not.toHaveProperty("expires_at");
    expect(documents(far, "misp_domain")[0]).not.toHaveProperty("category");
  });

  it("show a change of what holds an indicator up, but not another order of it", () => {
    const shows = splunk.shows(splunk.settings.parse({ url: "https://s", token: "t" }));
    const one = anOrigin({ tags: ["a", "b"] });
    const two = anOrigin({ eventUuid: "two", attributeUuid: "two", tags: ["c"] });
    const shown = shows(anEntry({ origins: [one, two] }));
    expect(shows(anEntry({ origins: [two, { ...one, tags: ["b", "a"] }] }))).toBe(shown);
    expect(shows(anEntry({ origins: [two, { ...one, tags: ["b"] }] }))).not.toBe(shown);
    expect(shows(anEntry({ origins: [one, two], expires: 5 }))).not.toBe(shown);
  });

  it("name at most 50 events, and say how many there are", async () => {
    const origins = Array.from({ length: 60 }, (_, n) => anOrigin({ eventUuid: `${n}`, eventId: n, timestamp: n }));
    const far = await openSplunk();
    await apply(far, { add: [anEntry({ origins })] });
    const [document] = documents(far, "misp_domain");
    expect(document).toMatchObject({
      events: 60,
      event_id: origins
        .slice(10)
        .map(({ eventId }) => `${eventId}`)
        .reverse(),
    });
  });
});

describe("the requests of a splunk target", () => {
  it("begin with what there is, and are one a change then", async () => {
    const far = await openSplunk();
    await apply(far, { add: [domain("a.example")] });
    expect(asked(far)).toEqual(["GET config", "POST config", "GET kvstore", "POST batch_save"]);
    await apply(far, { renew: [domain("a.example")] });
    await apply(far, { remove: [domain("a.example")] });
    expect(asked(far).slice(4)).toEqual(["POST batch_save", "DELETE misp_domain"]);
  });

  it("are none to open it, so that a Splunk that is down does not keep the courier from starting", async () => {
    const target = await openTarget({ url: "http://127.0.0.1:1", token: "t" });
    await expect(
      apply({ target, held: async () => [], close: async () => {} }, { add: [domain("a")] }),
    ).rejects.toThrow(/no answer at .*config/);
  });

  it("hold no more documents than Splunk's limits say", async () => {
    const far = await openSplunk();
    far.far.collections.limits.max_documents_per_batch_save = 400;
    await apply(far, { add: domains(1_000) });
    expect(asked(far).filter((request) => request === "POST batch_save")).toHaveLength(3);
    expect(documents(far, "misp_domain")).toHaveLength(1_000);
  });

  it("keep to a limit that only a refusal told of, from then on", async () => {
    const far = await openSplunk();
    failing(far, "conf-limits", { status: 403 });
    far.far.collections.limits.max_documents_per_batch_save = 300;
    await apply(far, { add: domains(700) });
    expect(asked(far).filter((request) => request === "POST batch_save")).toHaveLength(4);
    await apply(far, { renew: domains(300) });
    expect(asked(far).filter((request) => request === "POST batch_save")).toHaveLength(5);
    expect(documents(far, "misp_domain")).toHaveLength(700);
  });

  it("grow smaller when a proxy or Splunk finds them too large", async () => {
    const far = await openSplunk();
    far.far.fault = ({ bytes }) => (bytes > 20_000 ? { status: 413, body: "<html>too large</html>" } : undefined);
    await apply(far, { add: domains(200) });
    expect(documents(far, "misp_domain")).toHaveLength(200);
  });

  it("delete by the keys, a hundred at a time in an address of less than 8 kB", async () => {
    const far = await openSplunk();
    await apply(far, { add: domains(250) });
    const before = far.far.asked.length;
    await apply(far, { remove: domains(249) });
    const deletions = far.far.asked.slice(before);
    expect(deletions.map(({ method }) => method)).toEqual(["DELETE", "DELETE", "DELETE"]);
    for (const { path } of deletions) expect(path).toMatch(/\?query=\{"\$or":\[\{"_key":"[0-9a-f]{40}"\}/);
    for (const { path } of deletions) expect(path.length).toBeLessThan(8_000);
    expect(documents(far, "misp_domain").map(({ value }) => value)).toEqual(["host-249.example"]);
  });

  it("are none for what must be gone from a collection that is not there", async () => {
    const far = await openSplunk();
    await apply(far, { remove: [domain("a.example")] });
    expect(asked(far)).toEqual(["GET config"]);
  });

  it("make a collection in the app even where another app shares one of that name", async () => {
    const far = await openSplunk();
    far.far.collections.config({ method: "POST", app: "system", rest: [], parameters: {}, body: "name=misp_domain" });
    await apply(far, { add: [domain("a.example")] });
    expect(far.far.collections.of("misp_courier").map(({ name }) => name)).toEqual(["misp_domain"]);
  });

  it("find a collection anew that somebody dropped", async () => {
    const far = await openSplunk();
    await apply(far, { add: [domain("a.example")] });
    far.far.collections.config({
      method: "DELETE",
      app: "misp_courier",
      rest: ["misp_domain"],
      parameters: {},
      body: "",
    });
    await expect(apply(far, { add: [domain("b.example")] })).rejects.toThrow(/not there: Could not find object/);
    await apply(far, { add: [domain("b.example")] });
    expect(documents(far, "misp_domain").map(({ value }) => value)).toEqual(["b.example"]);
  });

  it("take a collection that another made meanwhile", async () => {
    const far = await openSplunk();
    failing(far, "config?output_mode", {
      status: 409,
      text: "An object with name=misp_domain already exists",
      after: true,
    });
    await apply(far, { add: [domain("a.example")] });
    expect(documents(far, "misp_domain")).toHaveLength(1);
  });
});

describe("what a splunk target holds", () => {
  it("is read back in pages, with what others put there, and shows what the entries show", async () => {
    const far = await openSplunk();
    far.far.collections.limits.max_rows_per_query = 100;
    const entries = domains(250).map((entry, n) => ({ ...entry, score: n % 100, expires: n % 2 ? n : null }));
    await apply(far, { add: [...entries, anEntry({ type: "AS", value: "AS64500" })] });
    far.far.collections.find("misp_courier", "misp_domain").insert({ _key: "by-hand", value: "x.example" });
    const found = await listed(far);
    const shows = splunk.shows(splunk.settings.parse({ url: "https://s", token: "t" }));
    expect(found).toHaveLength(252);
    expect(found).toContainEqual({ indicator: null, label: "misp_domain/by-hand", shows: null });
    for (const entry of entries) {
      const { type, value } = entry;
      const label = `misp_domain/${keyOf(entry)}`;
      expect(found).toContainEqual({ indicator: { type, value }, label, shows: shows(entry) });
    }
  });

  it("is read back from MISP-Broker's layout, too, pairs and all", async () => {
    const far = await openSplunk({ layout: "broker" });
    const entries = [
      domain("a.example"),
      anEntry({ type: "domain|ip", value: "a|192.0.2.1" }),
      anEntry({ type: "sha512/256", value: "0".repeat(64) }),
      anEntry({ type: "AS", value: "AS64500" }),
    ];
    await apply(far, { add: entries });
    const found = (await listed(far)).map(({ indicator }) => indicator);
    expect(found).toHaveLength(4);
    for (const { type, value } of entries) expect(found).toContainEqual({ type, value });
  });

  it("is nobody's whose key is not the one of its value and type, or that lies in the wrong place", async () => {
    const far = await openSplunk();
    await apply(far, { add: [domain("a.example"), anEntry({ type: "url", value: "https://u.example" })] });
    const { collections } = far.far;
    const strayed = { type: "domain", value: "b.example" };
    collections.find("misp_courier", "misp_url").insert({ _key: keyOf(strayed), ...strayed });
    collections
      .find("misp_courier", "misp_domain")
      .insert({ _key: keyOf(strayed), type: "domain", value: "c.example" });
    expect((await listed(far)).filter(({ indicator }) => indicator === null)).toHaveLength(2);
  });

  it("is not told when a page cannot be read to its end", async () => {
    const far = await openSplunk();
    await apply(far, { add: [domain("a.example")] });
    failing(far, "/data/", { status: 200, cut: true, after: true });
    await expect(listed(far)).rejects.toThrow(/no answer|no list of documents/);
  });
});

describe("the settings of a splunk target", () => {
  const parse = (settings: object) =>
    splunk.settings.safeParse({ url: "https://s.example:8089", token: "t", ...settings });

  it("need an address and a token", () => {
    expect(parse({}).success).toBe(true);
    expect(splunk.settings.safeParse({ url: "https://s.example" }).success).toBe(false);
  });

  it.each([{ app: "../search" }, { prefix: "a/b" }, { hec: { url: "https://s" } }, { tokn: "t" }, { url: "ftp://s" }])(
    "refuse %j",
    (settings) => expect(parse(settings).success).toBe(false),
  );

  it("name a place without what is secret or only the way there", () => {
    const place = (settings: object) =>
      splunk.place(splunk.settings.parse({ url: "https://s.example:8089", token: "t", ...settings }));
    expect(place({ url: "https://user:s3cret@s.example:8089/" })).toBe(place({ verify_tls: false }));
    expect(place({ url: "https://s.example/splunk/" })).toBe(place({ url: "https://s.example/splunk" }));
    expect(place({ url: "https://s.example/splunk" })).not.toBe(place({ url: "https://s.example" }));
    expect(place({ prefix: "other_" })).not.toBe(place({}));
    expect(place({ layout: "broker", prefix: "other_" })).toBe(place({ layout: "broker" }));
  });
});
