import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { Auditor, type Repair } from "../../src/delivery/auditor.ts";
import { Journal } from "../../src/delivery/journal.ts";
import { Lane } from "../../src/delivery/lane.ts";
import { silent } from "../../src/log.ts";
import { qradar } from "../../src/targets/qradar.ts";
import { aFolder } from "../support/a-folder.ts";
import { ALane, until } from "../support/a-lane.ts";
import { ALedger, heardEvent, told } from "../support/a-ledger.ts";
import { ATarget } from "../support/a-target.ts";
import { aView } from "../support/a-view.ts";
import { type ConsoleSide, openConsole, openTarget, valuesOf } from "./qradar/a-console.ts";
import { TOKEN } from "./qradar/stand-in-qradar.ts";

const NO_LIMITS = { max_removed: { percent: 100, at_least: 100 }, max_added: null, never_empty: false };
const apis = [
  ["classic", { versions: ["13.1"] }],
  ["collections", {}],
] as const;

describe.each(apis)("a console with the %s API", (_name, options) => {
  async function withLane(
    use: (
      side: ConsoleSide & { ledger: ALedger; lane: Lane },
      audit: (repair: Repair) => ReturnType<Auditor["audit"]>,
    ) => Promise<void>,
  ) {
    const side = await openConsole({}, options);
    const ledger = new ALedger();
    const domains = Array.from({ length: 20 }, (_, n) => told({ id: n + 1, value: `d${n}.example` }));
    ledger.hear(heardEvent(), ...domains, told({ id: 30, type: "url", value: "http://a.example/Mixed" }));
    ledger.published();
    const view = aView({ shows: qradar.shows(qradar.settings.parse({ url: side.console.url, token: TOKEN })) });
    const { deltas, holdings } = ledger.ledger;
    deltas.register(view);
    const journal = await Journal.open(join(aFolder(), "journal.json"));
    const clock = () => ledger.now;
    const basics = { view, target: side.target, deltas, holdings, clock };
    const lane = new Lane({
      ...basics,
      ...{ batch: 100, limits: NO_LIMITS, journal, log: silent, random: () => 0 },
      delivered: (_, step) => auditor.delivered(step),
    });
    const auditor = new Auditor({ ...basics, exclusively: lane.exclusively.bind(lane) });
    try {
      lane.wake();
      await until(() => deltas.lag("lists") === 0);
      await use({ ...side, ledger, lane }, (repair) => auditor.audit(repair, new AbortController().signal));
    } finally {
      await lane.stop(0);
      await side.close();
    }
  }

  test("that holds what it should is found to, also where it keeps another spelling", () =>
    withLane(async ({ console }, audit) => {
      const urls = console.store.get("misp_url");
      if (urls) urls.elements = new Map([...urls.elements].map(([key, it]) => [key, { ...it, value: key }]));
      expect(await audit("nothing")).toMatchObject({ found: 21, held: 21, missing: 0, extra: 0, foreign: 0 });
    }));

  test("whose set was purged is filled again, once and for all", () =>
    withLane(async ({ console }, audit) => {
      const headers = { SEC: TOKEN };
      const purge = `${console.url}/api/reference_data/sets/misp_domain?purge_only=true`;
      const answer = await fetch(purge, { method: "DELETE", headers });
      expect(answer.status).toBe(202);
      await fetch(`${console.url}${answer.headers.get("location")}`, { headers });
      expect(valuesOf(console, "misp_domain")).toEqual([]);
      expect(await audit("lost")).toMatchObject({ found: 1, missing: 20 });
      await until(() => valuesOf(console, "misp_domain")?.length === 20);
      expect(await audit("nothing")).toMatchObject({ found: 21, missing: 0 });
    }));

  test("whose set somebody took away gets all of it again with the next change", () =>
    withLane(async ({ console, ledger, lane }) => {
      console.store.remove("misp_domain");
      ledger.hear(told({ id: 50, value: "next.example" }));
      ledger.published();
      await until(() => {
        lane.retryNow();
        return valuesOf(console, "misp_domain")?.length === 21;
      });
      expect(valuesOf(console, "misp_url")).toHaveLength(1);
    }));

  test("whose set somebody took away while nothing ran gets all of it again with the next change, too", async () => {
    const { console, target, close } = await openConsole({}, options);
    onTestFinished(close);
    const ledger = new ALedger();
    ledger.hear(heardEvent(), ...[1, 2, 3].map((id) => told({ id, value: `d${id}.example` })));
    ledger.published();
    const { lane } = await ALane.open(ledger, new ATarget(), { target });
    lane.wake();
    await until(() => ledger.ledger.deltas.lag("lists") === 0);
    await lane.stop(0);
    console.store.remove("misp_domain");
    ledger.hear(told({ id: 4, value: "d4.example" }));
    ledger.published();
    const { lane: next } = await ALane.open(ledger, new ATarget(), { target: await openTarget(console.url) });
    next.wake();
    await until(() => valuesOf(console, "misp_domain")?.length === 4);
  });

  test("that was emptied to half keeps what rules and people put beside it", () =>
    withLane(async ({ console }, audit) => {
      const set = console.store.get("misp_domain");
      if (!set) throw new Error("there is no set");
      for (let n = 0; n < 10; n += 1) console.store.take(set, `d${n}.example`);
      console.store.put(set, "by.rule", "Rule: beaconing");
      expect(await audit("all")).toMatchObject({ missing: 10, foreign: 1 });
      await until(() => set.elements.size === 21);
      expect(set.elements.has("by.rule")).toBe(true);
    }));

  test("where others put what is to be there, too, lacks nothing, and keeps what they put there of what is not", () =>
    withLane(async ({ console, ledger }, audit) => {
      const set = console.store.get("misp_domain");
      if (!set) throw new Error("there is no set");
      console.store.put(set, "d1.example", "admin");
      ledger.hear(told({ id: 40, value: "withheld.example", toIds: false }));
      console.store.put(set, "withheld.example", "admin");
      expect(await audit("all")).toMatchObject({ found: 22, held: 21, missing: 0, extra: 0, foreign: 1 });
      expect(set.elements.has("withheld.example")).toBe(true);
    }));
});
