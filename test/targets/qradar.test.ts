import { describe, expect, it } from "vitest";
import { applyIsolating } from "../../src/delivery/isolate.ts";
import { NotNow, Refused } from "../../src/targets/target.ts";
import { aDelta, anEntry } from "../support/entries.ts";
import { targetContract, type UnderTest } from "./contract.ts";
import { apply, expectHeld, withFarSide } from "./far-side.ts";
import { type ConsoleSide, openConsole, valuesOf } from "./qradar/a-console.ts";
import { problem } from "./qradar/answers.ts";
import { TOKEN } from "./qradar/stand-in-qradar.ts";

const { signal } = new AbortController();

const CLASSIC = { versions: ["6.0", "13.1"] };

const common: Omit<UnderTest<ConsoleSide>, "open"> = {
  sample: (n) => anEntry({ type: n === 2 ? "ip-dst" : "domain", value: n === 2 ? "192.0.2.2" : `host-${n}.example` }),
  trace: async ({ console }) => console.seen.length,
  outage: async ({ console }) => {
    console.faults.answer = problem(503, 0, "A deployment is in progress");
    return async () => {
      console.faults.answer = undefined;
    };
  },
  foreign: async ({ console }) => {
    const theirs = console.store.create("analysts_own", "ALN", "UNKNOWN", null);
    console.store.put(theirs, "by.hand", "admin");
    const ours = console.store.get("misp_domain");
    if (ours) console.store.put(ours, "by.rule", "Rule: beaconing");
    return async () =>
      valuesOf(console, "analysts_own")?.includes("by.hand") === true &&
      valuesOf(console, "misp_domain")?.includes("by.rule") === true;
  },
  unacceptable: [
    anEntry({ value: "" }),
    anEntry({ value: "two\nlines" }),
    anEntry({ value: "\ud800" }),
    anEntry({ type: "ip-dst", value: "192.0.2" }),
    anEntry({ type: "ip-dst", value: "192.0.2.0/99" }),
    anEntry({ type: "ip-dst_v6", value: "2001:db8::1" }),
    anEntry({ type: "domain|ip", value: "a.example|192.0.2.1" }),
  ],
  freeTextType: "ssdeep",
  secrets: [TOKEN],
};

targetContract("qradar over the classic API", { ...common, open: () => openConsole({}, CLASSIC) });
targetContract("qradar over the collections API", { ...common, open: () => openConsole() });

const apis = [
  ["classic", CLASSIC],
  ["collections", {}],
] as const;

describe.each(apis)("the %s API", (_name, options) => {
  const withConsole = (use: (side: ConsoleSide) => Promise<void>) =>
    withFarSide({ open: () => openConsole({}, options) }, use);

  it("gets values that its sets do not take isolated, and holds the others", async () => {
    await withConsole(async (side) => {
      side.console.store.refused = /^(?:h7|h23)\.example$/;
      const entries = Array.from({ length: 40 }, (_, n) => anEntry({ value: `h${n}.example` }));
      const refusals = await applyIsolating(side.target, aDelta({ add: entries }), new AbortController().signal);
      expect(refusals.map(({ value }) => value).sort()).toEqual(["h23.example", "h7.example"]);
      expect(valuesOf(side.console, "misp_domain")).toHaveLength(38);
    });
  });

  it.each([
    [401, /refuses the token/, 300_000],
    [403, /may not manage reference data/, 300_000],
    [429, /fewer requests/, undefined],
    [500, /cannot answer now \(500\)/, undefined],
    [503, /cannot answer now \(503\)/, undefined],
    [302, /no QRadar API/, undefined],
  ])("says what a %d means, and takes the delta later", async (status, message, wait) => {
    await withConsole(async (side) => {
      await apply(side, { add: [anEntry()] });
      side.console.faults.answer = problem(status, 1020, "said the console");
      const failure = await apply(side, { add: [anEntry({ value: "b.example" })] }).catch((error) => error);
      expect(failure).toBeInstanceOf(NotNow);
      expect(failure).toMatchObject({ message: expect.stringMatching(message), wait });
      side.console.faults.answer = undefined;
      await apply(side, { add: [anEntry({ value: "b.example" })] });
      expect(valuesOf(side.console, "misp_domain")).toEqual(["b.example", "bad.example"]);
    });
  });

  it.each([401, 403, 404, 422, 429, 500])(
    "tells nobody the token, also where a %d repeats it on many lines",
    async (status) => {
      await withConsole(async (side) => {
        await apply(side, { add: [anEntry({ value: "b.example" })] });
        side.console.faults.answer = problem(status, 18, `The token ${TOKEN}\nis unknown`);
        const failure = await apply(side, { add: [anEntry()] }).catch((error) => error);
        expect(failure).toMatchObject({ message: expect.stringContaining("The token *** is unknown") });
      });
    },
  );

  it("waits for as long as the console asks", async () => {
    await withConsole(async (side) => {
      side.console.faults.answer = { ...problem(503, 0, ""), headers: { "retry-after": "120" } };
      await expect(apply(side, { add: [anEntry()] })).rejects.toMatchObject({ wait: 120_000 });
    });
  });

  it("is not taken in by a page that merely says 200, and by a line that goes dead", async () => {
    await withConsole(async (side) => {
      side.console.faults.answer = { status: 200, body: "<html>Please log in</html>" };
      await expect(apply(side, { add: [anEntry()] })).rejects.toThrow(/is this QRadar/);
      side.console.faults.answer = undefined;
      await apply(side, { add: [anEntry()] });
      side.console.faults.answer = { status: 200, body: "<html>Please log in</html>" };
      await expect(apply(side, { add: [anEntry({ value: "b.example" })] })).rejects.toThrow(NotNow);
      await expect(apply(side, { remove: [anEntry()] })).rejects.toThrow(NotNow);
      side.console.faults.answer = undefined;
      side.console.faults.silent = true;
      await expect(apply(side, { remove: [anEntry()] })).rejects.toThrow(NotNow);
    });
  });

  it("has a request that it does not understand shown as the bug that it is", async () => {
    await withConsole(async (side) => {
      side.console.faults.answer = problem(400, 1001, "An error occurred parsing the body");
      const failure = await apply(side, { add: [anEntry()] }).catch((error) => error);
      expect(failure).toBeInstanceOf(Error);
      expect(failure).not.toBeInstanceOf(NotNow);
      expect(failure).not.toBeInstanceOf(Refused);
    });
  });

  it("that loses its version in an upgrade is asked anew what it offers", async () => {
    await withConsole(async (side) => {
      await apply(side, { add: [anEntry()] });
      side.console.versions = ["27.0"];
      await expect(apply(side, { add: [anEntry({ value: "b.example" })] })).rejects.toThrow(
        /no longer has this version/,
      );
      await apply(side, { add: [anEntry({ value: "b.example" })] });
      expect(valuesOf(side.console, "misp_domain")).toEqual(["b.example", "bad.example"]);
    });
  });

  it("makes a set anew that somebody removed", async () => {
    await withConsole(async (side) => {
      await apply(side, { add: [anEntry()] });
      side.console.store.remove("misp_domain");
      const again = () => apply(side, { add: [anEntry({ value: "b.example" })] });
      await again().catch(again);
      expect(valuesOf(side.console, "misp_domain")).toEqual(["b.example"]);
    });
  });

  it("names no set as lost over a page that says 404, as of one that is being started", async () => {
    await withConsole(async (side) => {
      const lost = async () => side.target.bare?.(["domain"], signal);
      await apply(side, { add: [anEntry()] });
      side.console.faults.answer = { status: 404, body: "<html>The requested resource is not available</html>" };
      await apply(side, { remove: [anEntry()] }).catch(() => undefined);
      await lost().catch(() => undefined);
      side.console.faults.answer = undefined;
      expect(await lost()).toEqual([]);
    });
  });

  it("may have lost a set from which something is to be removed", async () => {
    await withConsole(async (side) => {
      await apply(side, { add: [anEntry()] });
      side.console.store.remove("misp_domain");
      const again = () => apply(side, { remove: [anEntry()] });
      await again().catch(again);
      await expectHeld(side, []);
    });
  });

  it("says so where a set of another kind stands in the way", async () => {
    await withConsole(async (side) => {
      side.console.store.create("misp_domain", "NUM", "UNKNOWN", null);
      await expect(apply(side, { add: [anEntry()] })).rejects.toThrow(/misp_domain is there already.*NUM/);
    });
  });
});
