import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Repair } from "../../src/delivery/auditor.ts";
import { Audits } from "../../src/delivery/audits.ts";
import type { Drift } from "../../src/delivery/drift.ts";
import { silent } from "../../src/log.ts";
import { NotNow } from "../../src/targets/target.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NONE = { missing: [], stale: [], extra: [], foreign: [] };

/** An auditor that finds what it is told to. */
class AnAuditor {
  readonly possible = true;
  readonly name: string;
  readonly repairs: Repair[] = [];
  finding: () => Partial<Drift> = () => ({});

  constructor(name = "lists") {
    this.name = name;
  }

  async audit(repair: Repair): Promise<Drift> {
    this.repairs.push(repair);
    const counts = { found: 10, held: 10, missing: 0, stale: 0, extra: 0, foreign: 0, examples: NONE };
    return { target: this.name, at: Date.now(), ...counts, ...this.finding() };
  }
}

let auditor: AnAuditor;
let saved: Map<string, Drift>;
let logged: string[];
let audits: Audits;

beforeEach(() => {
  vi.useFakeTimers();
  auditor = new AnAuditor();
  saved = new Map();
  logged = [];
});

afterEach(async () => {
  await audits[Symbol.asyncDispose]();
  vi.useRealTimers();
});

function start(every: number | null = 86_400, others: AnAuditor[] = []): void {
  const say = (level: string) => (sentence: string) => void logged.push(`${level} ${sentence}`);
  audits = new Audits({
    auditors: [auditor, ...others].map((one) => ({ auditor: one, every })),
    log: { ...silent, info: say("info"), warn: say("warn"), error: say("error") },
    clock: Date.now,
    random: () => 0.5,
    recall: (name) => saved.get(name),
    remember: (drift) => void saved.set(drift.target, drift),
  });
  audits.start();
}

describe("automatic audits", () => {
  test("come within an hour of the first start, then once a day, and send again what was lost", async () => {
    start();
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(auditor.repairs).toEqual(["lost"]);
    await vi.advanceTimersByTimeAsync(3 * DAY);
    expect(auditor.repairs).toHaveLength(4);
  });

  test("do not begin anew with every start", async () => {
    saved.set("lists", { ...(await auditor.audit("nothing")), at: Date.now() - DAY / 2 });
    auditor.repairs.length = 0;
    start();
    await vi.advanceTimersByTimeAsync(DAY / 2 - HOUR);
    expect(auditor.repairs).toEqual([]);
    await vi.advanceTimersByTimeAsync(2 * HOUR);
    expect(auditor.repairs).toEqual(["lost"]);
  });

  test("do not wait until a clock that was ahead has come to that time again", async () => {
    saved.set("lists", { ...(await auditor.audit("nothing")), at: Date.now() + 30 * DAY });
    auditor.repairs.length = 0;
    start();
    await vi.advanceTimersByTimeAsync(DAY + HOUR);
    expect(auditor.repairs).toEqual(["lost"]);
  });

  test("do not come at all where they are switched off", async () => {
    start(null);
    await vi.advanceTimersByTimeAsync(30 * DAY);
    expect(auditor.repairs).toEqual([]);
  });

  test("look again soon after a repair, and are content once it had its effect", async () => {
    start();
    auditor.finding = () => ({ missing: 5, found: 5 });
    await vi.advanceTimersByTimeAsync(HOUR / 2);
    auditor.finding = () => ({});
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(auditor.repairs).toHaveLength(2);
    expect(logged).toEqual([
      "warn The target has lost some of what it held; it is sent again",
      "info The target holds what it is believed to hold",
    ]);
    await vi.advanceTimersByTimeAsync(DAY);
    expect(auditor.repairs).toHaveLength(3);
  });

  test("say so when a target takes everything and holds nothing of it, and do not go on about it all day", async () => {
    start();
    auditor.finding = () => ({ missing: 10, found: 0 });
    await vi.advanceTimersByTimeAsync(12 * HOUR);
    expect(logged).toEqual([
      "warn The target has lost some of what it held; it is sent again",
      "error The target says that it takes what it then does not hold",
    ]);
  });

  test("leave what is not to be there to a person", async () => {
    start();
    auditor.finding = () => ({ extra: 3 });
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(auditor.repairs).toEqual(["lost"]);
    expect(logged).toEqual(["warn The target holds what it is not to hold; `drift --repair` takes it off"]);
  });

  test("of a target that cannot be read are tried again, and do not hold up others", async () => {
    const other = new AnAuditor("other");
    auditor.finding = () => {
      throw new NotNow("connection refused");
    };
    start(86_400, [other]);
    await vi.advanceTimersByTimeAsync(2 * HOUR);
    expect(auditor.repairs.length).toBeGreaterThan(1);
    expect(other.repairs).toEqual(["lost"]);
  });
});
