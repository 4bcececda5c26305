import { mostAtOnce } from "../../../src/delivery/pace.ts";
import { qradar } from "../../../src/targets/qradar.ts";
import { splunk } from "../../../src/targets/splunk.ts";
import { NotNow, type Target, type TargetKind } from "../../../src/targets/target.ts";
import { openConsole } from "../qradar/a-console.ts";
import { openSplunk } from "../splunk/a-splunk.ts";
import { SITUATIONS, type Situation, steps } from "./situations.ts";

/** What one situation cost. */
export interface Cost {
  requests: number;
  /** Of bodies and addresses, without headers; `null`: not to be told. */
  bytes: number | null;
}

/** A target whose far side counts what it is asked. */
interface Metered {
  kind: TargetKind;
  target: Target;
  /** All so far. */
  count(): Cost & { bytes: number };
  /** Switches an outage on, or off. */
  fail(down: boolean): void;
}

/** Items of the probe that follows an outage, as in delivery. */
const PROBE = 10;
const signal = new AbortController().signal;

/** Takes a target through all situations; what each cost, in their order. */
export async function measure(metered: Metered): Promise<Cost[]> {
  const costs: Cost[] = [];
  for (const situation of SITUATIONS) costs.push(await costOf(situation, metered));
  return costs;
}

async function costOf({ delta, outage }: Situation, { kind, target, count, fail }: Metered): Promise<Cost> {
  const most = mostAtOnce(kind.batch, kind.rate);
  if (outage) {
    fail(true);
    const [first] = steps(delta, most, most);
    for (let tries = 0; tries < 3 && first; tries += 1) await failing(target.apply(first, signal));
    fail(false);
  }
  const before = count();
  for (const step of steps(delta, outage ? PROBE : most, most)) await target.apply(step, signal);
  const { requests, bytes } = count();
  return { requests: requests - before.requests, bytes: bytes - before.bytes };
}

async function failing(tried: Promise<unknown>): Promise<void> {
  const outcome = await tried.catch((error: unknown) => error);
  if (!(outcome instanceof NotNow)) throw new Error("an outage was not noticed");
}

/** @param layout `broker`: documents of the value alone */
export async function meteredSplunk(layout: "plain" | "broker"): Promise<Metered> {
  const { far, target } = await openSplunk({ layout });
  const bytes = () => far.asked.reduce((sum, asked) => sum + asked.bytes + encodeURI(asked.path).length, 0);
  return {
    kind: splunk,
    target,
    count: () => ({ requests: far.asked.length, bytes: bytes() }),
    fail: (down) => {
      far.fault = () => (down ? { status: 503 } : undefined);
    },
  };
}

/** @param versions of the console's API: those from 20.0 on have the collections */
export async function meteredQradar(version: string): Promise<Metered & AsyncDisposable> {
  const { console, target } = await openConsole({}, { versions: [version] });
  const addresses = () => console.seen.reduce((sum, seen) => sum + seen.length - seen.indexOf("/"), 0);
  return {
    kind: qradar,
    target,
    count: () => ({ requests: console.seen.length, bytes: console.received + addresses() }),
    fail: (down) => {
      console.faults.answer = down ? { status: 503 } : undefined;
    },
    [Symbol.asyncDispose]: () => console[Symbol.asyncDispose](),
  };
}
