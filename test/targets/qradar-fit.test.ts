import { describe, expect, it } from "vitest";
import { ALane, until } from "../support/a-lane.ts";
import { ALedger, heardEvent, told } from "../support/a-ledger.ts";
import { ATarget } from "../support/a-target.ts";
import { anEntry } from "../support/entries.ts";
import { apply, withFarSide } from "./far-side.ts";
import { type ConsoleSide, openConsole, valuesOf } from "./qradar/a-console.ts";
import type { StandInOptions } from "./qradar/stand-in-qradar.ts";

const apis: [string, StandInOptions][] = [
  ["classic", { versions: ["6.0", "13.1"] }],
  ["collections", {}],
];
const hash = anEntry({ type: "md5", value: "d41d8cd98f00b204e9800998ecf8427e" });
const ours = anEntry({ value: "a.example" });

describe.each(apis)("a set that was there for other elements, over the %s API,", (_, options) => {
  const using = (use: (side: ConsoleSide) => Promise<void>) =>
    withFarSide({ open: () => openConsole({}, options) }, use);

  it("keeps up neither removals nor what is for other sets, and says what is wrong", () =>
    using(async (side) => {
      side.console.store.create("misp_md5", "NUM", "UNKNOWN", null);
      await apply(side, { add: [ours] });
      const delta = { add: [hash, anEntry({ value: "b.example" })], remove: [ours] };
      await expect(apply(side, delta)).rejects.toThrow(/misp_md5 is there already, for elements of type NUM/);
      expect(valuesOf(side.console, "misp_domain")).toEqual(["b.example"]);
    }));

  it("keeps up nothing else however often it was tried, and however many values wait for it", () =>
    using(async (side) => {
      side.console.store.create("misp_md5", "NUM", "UNKNOWN", null);
      const ledger = new ALedger();
      const hashes = Array.from({ length: 20 }, (_, n) =>
        told({ id: n + 1, type: "md5", value: hash.value.slice(2) + (n + 10) }),
      );
      ledger.hear(heardEvent(), ...hashes);
      ledger.published();
      const { lane, failed } = await ALane.open(ledger, new ATarget(), { target: side.target });
      lane.wake();
      await failed(3);
      ledger.hear(told({ id: 30, value: "a.example" }));
      await until(() => valuesOf(side.console, "misp_domain")?.length === 1);
    }));

  it("is made anew once somebody has removed it", () =>
    using(async (side) => {
      side.console.store.create("misp_md5", "NUM", "UNKNOWN", null);
      await expect(apply(side, { add: [hash] })).rejects.toThrow(/is there already/);
      side.console.store.remove("misp_md5");
      await apply(side, { add: [hash] });
      expect(valuesOf(side.console, "misp_md5")).toEqual([hash.value]);
    }));

  it("takes those that fit, and only the others wait", () =>
    using(async (side) => {
      side.console.store.create("misp_port", "NUM", "UNKNOWN", null);
      const [number, text] = ["4444", "4444/tcp"].map((value) => anEntry({ type: "port", value }));
      await apply(side, { add: number ? [number] : [] });
      expect(valuesOf(side.console, "misp_port")).toEqual(["4444"]);
      await expect(apply(side, { add: text ? [text] : [] })).rejects.toThrow(/is there already/);
    }));
});

describe.each(apis)("a set that the console refuses to make, over the %s API,", (_, options) => {
  const using = (use: (side: ConsoleSide) => Promise<void>) =>
    withFarSide({ open: () => openConsole({}, options) }, use);
  const making = /^POST .*\/sets$/;
  const refusal = { status: 422, body: { code: 11, message: "Failed to transform element_type" } };

  it("of networks is one that it never has: they are refused for good, and all else goes on", () =>
    using(async (side) => {
      await apply(side, { add: [ours] });
      side.console.faults.once = { matches: making, ...refusal, times: 1 };
      const network = anEntry({ type: "ip-dst", value: "192.0.2.0/24" });
      const refusals = await apply(side, { add: [network], remove: [ours] });
      expect(refusals).toMatchObject([
        { value: network.value, reason: expect.stringContaining("no sets of networks") },
      ]);
      expect(valuesOf(side.console, "misp_domain")).toEqual([]);
    }));

  it("of anything else, or over a page, keeps up only what is for it", () =>
    using(async (side) => {
      await apply(side, { add: [ours] });
      const network = anEntry({ type: "ip-dst", value: "192.0.2.0/24" });
      const page = { status: 404, body: "<html>The requested resource is not available</html>" };
      for (const [entry, answer] of [
        [hash, refusal],
        [network, page],
      ] as const) {
        side.console.faults.once = { matches: making, ...answer, times: 1 };
        await apply(side, { add: [ours] });
        await expect(apply(side, { add: [entry], remove: [ours] })).rejects.toThrow(/does not make the set/);
        expect(valuesOf(side.console, "misp_domain")).toEqual([]);
      }
      await apply(side, { add: [hash, network] });
      expect(valuesOf(side.console, "misp_ip-dst_net")).toEqual([network.value]);
    }));
});
