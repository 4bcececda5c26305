import { describe, expect, it } from "vitest";
import { NotNow, Partly } from "../../src/targets/target.ts";
import { anEntry } from "../support/entries.ts";
import { apply, withFarSide } from "./far-side.ts";
import { type ConsoleSide, openConsole, valuesOf } from "./qradar/a-console.ts";
import { problem } from "./qradar/answers.ts";

const CLASSIC = { versions: ["6.0", "13.1"] };
const many = Array.from({ length: 60 }, (_, n) => anEntry({ value: `h${n}.example` }));
const other = anEntry({ value: "other.example" });

const using = (use: (side: ConsoleSide) => Promise<void>, settings: object = {}) =>
  withFarSide({ open: () => openConsole(settings, CLASSIC) }, use);

const removals = ({ console }: ConsoleSide) => console.seen.filter((request) => request.startsWith("DELETE "));

describe("removals over the classic API", () => {
  it("end with the first that fails: a console locks out who goes on asking with a token that it refuses", () =>
    using(async (side) => {
      await apply(side, { add: many });
      side.console.faults.answer = problem(401, 18, "");
      await expect(apply(side, { remove: many })).rejects.toThrow(/refuses the token/);
      side.console.faults.answer = undefined;
      const asked = removals(side).length;
      expect(asked).toBeLessThan(10);
      for (let n = 0; n < 20; n++) await apply(side, { add: [other] });
      expect(removals(side)).toHaveLength(asked);
    }));

  it("of a try that failed take nothing off that the next one has loaded", () =>
    using(async (side) => {
      await apply(side, { add: many });
      side.console.faults.once = { matches: /^DELETE/, ...problem(503, 0, "A deployment is in progress"), times: 1 };
      await expect(apply(side, { remove: many })).rejects.toThrow(NotNow);
      await apply(side, { add: many });
      for (let n = 0; n < 20; n++) await apply(side, { add: [other] });
      expect(valuesOf(side.console, "misp_domain")).toHaveLength(many.length + 1);
    }));

  it.each([
    [
      "a page that says 404, as of a server before it that takes no slash in an address",
      { status: 404, body: "<html>Not Found</html>" },
    ],
    ["422", problem(422, 11, "Failed to transform user path parameter")],
  ])("go on past a value to which the console answers with %s, which waits", (_, answer) =>
    using(async (side) => {
      const path = anEntry({ type: "url", value: "http://a.example/b" });
      await apply(side, { add: [path, ...many] });
      side.console.faults.once = { matches: /^DELETE .*misp_url/, ...answer, times: 100 };
      for (let n = 0; n < 2; n++) await expect(apply(side, { remove: [path, ...many] })).rejects.toThrow(Partly);
      expect(valuesOf(side.console, "misp_domain")).toEqual([]);
      expect(valuesOf(side.console, "misp_url")).toEqual([path.value]);
    }),
  );

  it("end after a few where none at all is taken, as by a console that is being started", () =>
    using(async (side) => {
      await apply(side, { add: many });
      side.console.faults.once = { matches: /^DELETE/, status: 404, body: "<html>Not Found</html>", times: 100 };
      await expect(apply(side, { remove: many })).rejects.toSatisfy((error) => !(error instanceof Partly));
      expect(removals(side).length).toBeLessThan(20);
    }));

  it("name what has no need of encoding so that it means the same however often it is decoded", () =>
    using(async (side) => {
      const address = anEntry({ type: "ip-dst", value: "192.0.2.1" });
      await apply(side, { add: [address] });
      await apply(side, { remove: [address] });
      expect(removals(side)).toEqual(["DELETE /api/reference_data/sets/misp_ip-dst/192.0.2.1"]);
    }));

  it.each([".", ".."])("never make another path of the value %j where values are encoded once", (value) =>
    using(
      async (side) => {
        const steps = anEntry({ type: "user-agent", value });
        await apply(side, { add: [steps] });
        const refusals = await apply(side, { remove: [steps] });
        expect(refusals).toMatchObject([{ value, reason: expect.stringContaining("by hand") }]);
        expect(removals(side)).toEqual([]);
      },
      { encode_twice: false },
    ),
  );
});

describe("loads over the classic API", () => {
  it.each([false, true])(
    "go where the version takes them, after a console that was being started (namespaced: %j)",
    (namespacedLoad) =>
      using(async (side) => {
        side.console.faults.namespacedLoad = namespacedLoad;
        const page = { status: 404, body: "<html>The requested resource is not available</html>" };
        side.console.faults.once = { matches: /bulk_load/, ...page, times: 2 };
        await expect(apply(side, { add: [other] })).rejects.toThrow(NotNow);
        await apply(side, { add: [other] });
        expect(valuesOf(side.console, "misp_domain")).toEqual(["other.example"]);
      }),
  );
});
