import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { applyIsolating } from "../../src/delivery/isolate.ts";
import { qradar } from "../../src/targets/qradar.ts";
import { NotNow, Partly } from "../../src/targets/target.ts";
import { aDelta, anEntry } from "../support/entries.ts";
import { apply, withFarSide } from "./far-side.ts";
import { type ConsoleSide, listed, openConsole, openTarget, valuesOf } from "./qradar/a-console.ts";
import { type StandInOptions, StandInQradar, TOKEN } from "./qradar/stand-in-qradar.ts";

const DAY = 86_400_000;
const CLASSIC = { versions: ["6.0", "13.1"] };
const apis: [string, StandInOptions][] = [
  ["classic", CLASSIC],
  ["collections", {}],
];

const using = (use: (side: ConsoleSide) => Promise<void>, settings: object = {}, options: StandInOptions = {}) =>
  withFarSide({ open: () => openConsole(settings, options) }, use);

const values = (side: ConsoleSide, name: string) => valuesOf(side.console, name);

describe("which API is used", () => {
  const loads = (side: ConsoleSide) => side.console.seen.filter((line) => /^(PATCH|POST .*bulk_load)/.test(line));

  it("is the collections API where the newest version offers it", () =>
    using(async (side) => {
      await apply(side, { add: [anEntry()] });
      expect(loads(side)).toEqual(["PATCH /api/reference_data_collections/set_entries"]);
    }));

  it.each([{ api_version: "13.1" }, { api_version: 13.1 }])("is the classic one where %j is asked for", (settings) =>
    using(async (side) => {
      await apply(side, { add: [anEntry()] });
      expect(loads(side)).toEqual(["POST /api/reference_data/sets/bulk_load/misp_domain"]);
    }, settings),
  );

  it("is the classic one, at its newer address, where a console has moved it", () =>
    using(
      async (side) => {
        side.console.faults.namespacedLoad = true;
        await apply(side, { add: [anEntry()] });
        await apply(side, { add: [anEntry({ value: "b.example" })] });
        expect(values(side, "misp_domain")).toEqual(["b.example", "bad.example"]);
        expect(loads(side).at(-1)).toBe("POST /api/reference_data/sets/bulk_load/SHARED/misp_domain/SHARED");
      },
      {},
      CLASSIC,
    ));

  it.each(["versions", "endpoints"])(
    "is told by no page in place of %s, as of a console that is being started",
    (list) =>
      using(async (side) => {
        const body = "<html>The requested resource is not available</html>";
        side.console.faults.once = { matches: new RegExp(`help/${list}`), status: 404, body, times: 1 };
        await expect(apply(side, { add: [anEntry()] })).rejects.toThrow(NotNow);
        await apply(side, { add: [anEntry()] });
        expect(loads(side)).toEqual(["PATCH /api/reference_data_collections/set_entries"]);
      }),
  );

  it("is asked for once", () =>
    using(async (side) => {
      await apply(side, { add: [anEntry()] });
      await apply(side, { add: [anEntry({ value: "b.example" })] });
      expect(side.console.seen.filter((line) => line.includes("/help/"))).toHaveLength(2);
    }));
});

describe("the place of the sets", () => {
  const place = (url: string) => qradar.place(qradar.settings.parse({ url, token: TOKEN }));

  it.each(["https://q.example/", "https://Q.example:443", "https://user:s3cret@q.example"])(
    "is the same at %s, and tells no password",
    (url) => {
      expect(place(url)).toBe('["https://q.example","misp_","plain"]');
    },
  );

  it("is another at another console", () => {
    expect(place("https://other.example")).not.toBe(place("https://q.example"));
    expect(place("https://q.example/two")).not.toBe(place("https://q.example"));
  });
});

describe.each(apis)("the sets made over the %s API", (_name, options) => {
  it.each([
    ["ip-src", "192.0.2.1", "misp_ip-src", "IP", 40],
    ["ip-dst", "192.0.2.1", "misp_ip-dst", "IP", 100],
    ["ip-dst", "2001:db8::1", "misp_ip-dst_v6", "ALN", 100],
    ["ip-dst", "192.0.2.0/24", "misp_ip-dst_net", "CIDR", 100],
    ["ip", "192.0.2.1", "misp_ip", "IP", 100],
    ["email-src", "a@b.example", "misp_email-src", "ALNIC", 100],
    ["email-src-display-name", "A", "misp_email-src-display-name", "ALNIC", 100],
    ["email-subject", "hello", "misp_email-subject", "ALNIC", 100],
    ["domain", "a.example", "misp_domain", "ALNIC", 192],
    ["hostname", "a.example", "misp_hostname", "ALNIC", 192],
    ["uri", "/a", "misp_uri", "ALNIC", 375],
    ["url", "http://a.example/", "misp_url", "ALNIC", 375],
    ["filename", "a.exe", "misp_filename", "ALNIC", null],
    ["user-agent", "curl", "misp_user-agent", "ALNIC", null],
    ["vulnerability", "CVE-2024-1", "misp_vulnerability", "ALNIC", null],
    ["imphash", "aa", "misp_imphash", "ALN", null],
    ["md5", "aa", "misp_md5", "ALN", null],
    ["sha1", "aa", "misp_sha1", "ALN", null],
    ["sha256", "aa", "misp_sha256", "ALN", null],
    ["sha3-384", "aa", "misp_sha3-384", "ALN", null],
    ["sha512", "aa", "misp_sha512", "ALN", null],
    ["sha512/256", "aa", "misp_sha512_256", "ALN", null],
    ["ssdeep", "aa", "misp_ssdeep", "ALN", null],
    ["mutex", "Global\\x", "misp_mutex", "ALNIC", 40],
  ])("take %s %s into %s: %s, %j days after it was last loaded", (type, value, name, element, days) =>
    using(
      async (side) => {
        await apply(side, { add: [anEntry({ type, value })] });
        const set = side.console.store.get(name);
        expect(set).toMatchObject({ element, life: days === null ? null : days * DAY });
        if (days !== null) expect(set?.timeout).toBe("LAST_SEEN");
        expect(values(side, name)).toEqual([value]);
      },
      {},
      options,
    ),
  );

  it("live as long as the settings say", () =>
    using(
      async (side) => {
        await apply(side, { add: [anEntry(), anEntry({ type: "url", value: "http://a.example/" })] });
        expect(side.console.store.get("misp_domain")?.life).toBe(375 * DAY);
        expect(side.console.store.get("misp_url")?.life).toBeNull();
      },
      { set_ttl: { domain: 365, url: "never" } },
      options,
    ));

  it("keep MISP-Broker's names and its composite types in layout broker, and those that it made", () =>
    using(
      async (side) => {
        side.console.store.create("tsi_misp_domain", "ALNIC", "LAST_SEEN", 192 * DAY);
        await apply(side, {
          add: [
            anEntry(),
            anEntry({ type: "domain|ip", value: "a.example|192.0.2.1" }),
            anEntry({ type: "ip-dst|port", value: "192.0.2.1|443" }),
            anEntry({ type: "filename|sha256", value: "a.exe|aa" }),
          ],
        });
        const kinds = side.console.store.sets.map(({ name, element, life }) => [name, element, life && life / DAY]);
        expect(kinds).toEqual([
          ["tsi_misp_domain", "ALNIC", 192],
          ["tsi_misp_domain|ip", "ALNIC", 192],
          ["tsi_misp_ip-dst|port", "ALN", 100],
          ["tsi_misp_filename|sha256", "ALN", null],
        ]);
      },
      { layout: "broker" },
      options,
    ));

  it("keep an element that is renewed, and lose one that is not", async () => {
    let now = Date.now();
    await using(
      async (side) => {
        const [one, two] = [anEntry({ value: "a.example" }), anEntry({ value: "b.example" })];
        await apply(side, { add: [one, two] });
        now += 150 * DAY;
        await apply(side, { renew: [one] });
        now += 100 * DAY;
        expect(values(side, "misp_domain")).toEqual(["a.example"]);
      },
      {},
      { ...options, clock: () => now },
    );
  });

  it("take values for what they are, whatever an address would make of them", () =>
    using(
      async (side) => {
        const texts = ["..", ".", "a/../b", "50%", "%2e%2e", "a+b c", "?x=1&y#z", 'say "no"', "é😀"];
        const entries = texts.map((value) => anEntry({ type: "user-agent", value }));
        await apply(side, { add: [...entries, anEntry()] });
        expect(values(side, "misp_user-agent")).toEqual([...texts].sort());
        await apply(side, { remove: entries });
        expect(values(side, "misp_user-agent")).toEqual([]);
        expect(values(side, "misp_domain")).toEqual(["bad.example"]);
      },
      {},
      options,
    ));

  it("are read back to their end, others' elements told apart, and sets of others left out", () =>
    using(
      async (side) => {
        side.console.store.create("analysts_own", "ALN", "UNKNOWN", null);
        const entries = Array.from({ length: 10_025 }, (_, n) => anEntry({ value: `h${n}.example` }));
        await apply(side, { add: entries });
        await apply(side, { add: [anEntry({ type: "ip-src", value: "2001:db8::1" })] });
        const domains = side.console.store.get("misp_domain");
        if (domains) side.console.store.put(domains, "by.rule", "Rule: beaconing");
        const found = await listed(side.target);
        expect(found).toHaveLength(10_027);
        expect(found.filter(({ foreign }) => foreign)).toEqual([
          {
            indicator: { type: "domain", value: "by.rule" },
            foreign: true,
            label: "by.rule in misp_domain",
            shows: null,
          },
        ]);
        const addresses = found.filter(({ indicator }) => indicator?.type === "ip-src");
        expect(addresses).toMatchObject([{ indicator: { value: "2001:db8::1" } }]);
      },
      {},
      options,
    ));

  it("are not taken for read where the console breaks off", () =>
    using(
      async (side) => {
        await apply(side, { add: [anEntry()] });
        side.console.faults.once = { matches: /^GET .*(sets\/|set_entries)/, status: 500, times: 1 };
        await expect(listed(side.target)).rejects.toThrow(NotNow);
      },
      {},
      options,
    ));

  it("keep an element that changes its spelling, where case does not matter", () =>
    using(
      async (side) => {
        const [upper, lower] = ["http://a.example/X", "http://a.example/x"].map((value) =>
          anEntry({ type: "url", value }),
        );
        await apply(side, { add: upper ? [upper] : [] });
        await apply(side, { add: lower ? [lower] : [], remove: upper ? [upper] : [] });
        expect(values(side, "misp_url")).toHaveLength(1);
      },
      {},
      options,
    ));

  it("get what is too large for one request in smaller ones", () =>
    using(
      async (side) => {
        const entries = Array.from({ length: 8 }, (_, n) => anEntry({ value: `h${n}.example` }));
        await apply(side, { add: [anEntry()] });
        side.console.faults.once = {
          matches: /bulk_load|^PATCH/,
          status: 413,
          body: "Request Entity Too Large",
          times: 1,
        };
        const refusals = await applyIsolating(side.target, aDelta({ add: entries }), new AbortController().signal);
        expect(refusals).toEqual([]);
        expect(values(side, "misp_domain")).toHaveLength(9);
      },
      {},
      options,
    ));

  it("are many spellings, but one element, where case does not matter", () =>
    using(
      async (side) => {
        const [upper, lower] = ["http://a.example/X", "http://a.example/x"].map((value) => ({ type: "url", value }));
        expect(side.target.alias?.(upper ?? anEntry())).toEqual(lower);
        expect(side.target.alias?.({ type: "md5", value: "AA" })).toEqual({ type: "md5", value: "AA" });
      },
      {},
      options,
    ));
});

describe("the classic API", () => {
  it("refuses networks by name where it has no sets of them, and takes the rest", () =>
    using(
      async (side) => {
        side.console.faults.once = { ...refusal(/^POST reference_data\/sets$/), times: 1 };
        const network = anEntry({ type: "ip-dst", value: "192.0.2.0/24" });
        const refusals = await apply(side, { add: [network, anEntry()] });
        expect(refusals).toMatchObject([
          { value: "192.0.2.0/24", reason: expect.stringContaining("no sets of networks") },
        ]);
        expect(values(side, "misp_domain")).toEqual(["bad.example"]);
      },
      {},
      CLASSIC,
    ));

  it.each([414, 431])("gives up on a value that is too long for an address (%d), and removes the others", (status) =>
    using(
      async (side) => {
        const long = anEntry({ value: `${"a".repeat(9_000)}.example` });
        await apply(side, { add: [long, anEntry()] });
        side.console.faults.once = { matches: /^DELETE .*aaaa/, status, body: "URI Too Long", times: 1 };
        const refusals = await apply(side, { remove: [long, anEntry()] });
        expect(refusals).toMatchObject([{ value: long.value, reason: expect.stringContaining("too long") }]);
        expect(values(side, "misp_domain")).toEqual([long.value]);
      },
      {},
      CLASSIC,
    ),
  );

  it("takes no other refusal of a removal for one that is gone", () =>
    using(
      async (side) => {
        await apply(side, { add: [anEntry()] });
        side.console.faults.once = { ...refusal(/^DELETE/), times: 1 };
        await expect(apply(side, { remove: [anEntry()] })).rejects.toThrow(/does not remove/);
        expect(values(side, "misp_domain")).toEqual(["bad.example"]);
      },
      {},
      CLASSIC,
    ));
});

describe("a bulk update of the collections API", () => {
  it("that another one is in the way of is tried again, and no value is blamed for it", () =>
    using(async (side) => {
      await apply(side, { add: [anEntry()] });
      side.console.faults.once = { matches: /^PATCH/, status: 409, body: { code: 1, message: "Conflict" }, times: 1 };
      await expect(apply(side, { add: [anEntry({ value: "b.example" })] })).rejects.toThrow(NotNow);
    }));

  it("is followed to its end", () =>
    using(async (side) => {
      side.console.faults.looks = 4;
      await apply(side, { add: [anEntry()] });
      expect(side.console.tasks.open).toEqual([]);
      expect(values(side, "misp_domain")).toEqual(["bad.example"]);
    }));

  it("that a try left behind has ended before the next one begins", () =>
    using(async (side) => {
      side.console.faults.looks = 1_000;
      const given = new AbortController();
      const tried = side.target.apply(aDelta({ add: [anEntry()] }), given.signal);
      while (side.console.tasks.open.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      given.abort();
      await expect(tried).rejects.toThrow();
      side.console.faults.looks = 3;
      await apply(side, { remove: [anEntry()] });
      expect(values(side, "misp_domain")).toEqual([]);
    }));

  it.each(["EXCEPTION", "CANCELLED", "CONFLICT", "INTERRUPTED"])("that ends as %s is tried again", (end) =>
    using(async (side) => {
      side.console.faults.taskEnd = end;
      await expect(apply(side, { add: [anEntry()] })).rejects.toThrow(`ended as ${end}: Out of memory`);
      side.console.faults.taskEnd = "COMPLETED";
      await apply(side, { add: [anEntry()] });
      expect(values(side, "misp_domain")).toEqual(["bad.example"]);
    }),
  );

  it("tells nobody the token, also where what it says of a value repeats it", () =>
    using(async (side) => {
      const responses = [{ http_status: 422, message: `Refused for ${TOKEN}` }];
      const body = { status: "PARTIAL_UPDATE_PERFORMED", responses };
      side.console.faults.once = { matches: /^GET .*results$/, status: 200, body, times: 1 };
      expect(await apply(side, { add: [anEntry()] })).toMatchObject([{ reason: "QRadar refuses it: Refused for ***" }]);
    }));

  it("of which one line cannot be done now is done but for that, and others are not kept up by it", () =>
    using(async (side) => {
      const responses = [{ http_status: 201 }, { http_status: 500, message: "Unexpected internal server error" }];
      const body = { status: "PARTIAL_UPDATE_PERFORMED", responses };
      side.console.faults.once = { matches: /^GET .*results$/, status: 200, body, times: 1 };
      await expect(apply(side, { add: [anEntry(), anEntry({ value: "b.example" })] })).rejects.toThrow(Partly);
    }));

  it("that has ended well is done, though its results say nothing, and no value is blamed", () =>
    using(async (side) => {
      side.console.faults.once = { matches: /^GET .*results$/, status: 200, body: {}, times: 1 };
      expect(await apply(side, { add: [anEntry()] })).toEqual([]);
      expect(values(side, "misp_domain")).toEqual(["bad.example"]);
    }));

  it.each([{ allOrNothing: true }, { mute: true }])("of which %j is halved by delivery", (faults) =>
    using(async (side) => {
      Object.assign(side.console.faults, faults);
      side.console.store.refused = /^b\.example$/;
      const delta = { add: [anEntry({ value: "a.example" }), anEntry({ value: "b.example" })] };
      await expect(apply(side, delta)).rejects.toThrow(expect.objectContaining({ name: "Refused" }));
    }),
  );
});

describe("a console with a certificate of its own", () => {
  const file = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
  const tls = { key: readFileSync(file("loopback.key"), "utf8"), cert: readFileSync(file("loopback.pem"), "utf8") };

  it("is trusted by its ca_file, or unseen, and not otherwise", async () => {
    await using(
      async ({ console }) => {
        const trusting = [{ ca_file: file("loopback.pem") }, { verify_tls: false }];
        for (const settings of trusting) {
          const target = await openTarget(console.url, settings);
          expect(await target.apply(aDelta({ add: [anEntry()] }), new AbortController().signal)).toEqual([]);
        }
        const target = await openTarget(console.url);
        const tried = target.apply(aDelta({ add: [anEntry()] }), new AbortController().signal);
        await expect(tried).rejects.toThrow(NotNow);
      },
      {},
      { tls },
    );
  });
});

describe("a console that is down at the start", () => {
  it("is an ordinary wait", async () => {
    const console = await StandInQradar.start();
    const { url } = console;
    await console[Symbol.asyncDispose]();
    const target = await openTarget(url);
    const tried = target.apply(aDelta({ add: [anEntry()] }), new AbortController().signal);
    await expect(tried).rejects.toThrow(NotNow);
  });
});

function refusal(matches: RegExp) {
  const body = { code: 11, message: 'Failed to transform user query parameter "element_type"' };
  return { matches, status: 422, body };
}
