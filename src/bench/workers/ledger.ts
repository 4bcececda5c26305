import { join } from "node:path";
import { z } from "zod";
import { loadConfig, resolvePath } from "../../config/load.ts";
import type { Config } from "../../config/schema.ts";
import { Protections } from "../../courier/knowledge/protections.ts";
import { LEDGER_FILE, openLedger } from "../../courier/open-ledger.ts";
import { viewOf } from "../../courier/open-targets.ts";
import { gather } from "../../delivery/gather.ts";
import { sizeOf } from "../../delivery/isolate.ts";
import type { TargetView } from "../../ledger/delta/step.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { silent } from "../../log.ts";
import { decode, isUnreadable } from "../../misp/messages.ts";
import type { Notice } from "../../model/notice.ts";
import { targetKinds } from "../../targets/index.ts";
import type { Target } from "../../targets/target.ts";
import { cpuTaken } from "../measure.ts";
import { attributeFrame, framesOf, run, scattered } from "../messages.ts";
import { TARGET } from "../place.ts";
import { answering, nothing, type Question, type Role } from "./question.ts";

const options = z.strictObject({ configFile: z.string() });

/** Saves a run of new attributes, without the feed. */
export const fill: Question<z.output<typeof run>, object> = { name: "fill", argument: run, answer: nothing };

/** Hands the target all that it lacks. */
export const deliver: Question<object, object> = { name: "deliver", argument: nothing, answer: nothing };

/**
 * Edits so many attributes out of the first `of`, one at a time, so that each takes its indicator off or brings it back;
 * answers with the CPU time of one change, microseconds.
 */
export const change: Question<{ changes: number; of: number; at: number }, { cpu: number }> = {
  name: "change",
  argument: z.strictObject({ changes: z.number(), of: z.number(), at: z.number() }),
  answer: z.strictObject({ cpu: z.number() }),
};

/** How many messages one transaction takes while a ledger is filled. */
const BATCH = 1_000;
const DELTA = 50_000;

/** A ledger and its target without a feed: filled beforehand, or changed one attribute at a time. */
export const ledger: Role = async (given) => {
  const { configFile } = options.parse(given);
  const config = loadConfig(configFile, {});
  const opened = openLedger(config, join(resolvePath(config, config.state), LEDGER_FILE), Date.now);
  const { view, target } = await openTarget(config, opened);
  const changes = new Changes(opened, view);
  return {
    handlers: [
      answering(fill, (run) => fillLedger(opened, run)),
      answering(deliver, () => deliverAll(opened, view, target)),
      answering(change, async (given) => ({ cpu: await changes.make(given) })),
    ],
    close: async () => opened[Symbol.dispose](),
  };
};

async function openTarget(config: Config, ledger: Ledger): Promise<{ view: TargetView; target: Target }> {
  const settings = config.targets[TARGET];
  const kind = settings && targetKinds[settings.type];
  if (!settings || !kind) throw new Error(`the configuration has no target ${TARGET}`);
  using protections = new Protections({ config, log: silent });
  const view = viewOf(TARGET, settings, protections.of(TARGET), kind);
  ledger.deltas.register(view);
  const resolve = (path: string) => resolvePath(config, path);
  const context = { name: TARGET, resolve, state: resolve(config.state), clock: Date.now };
  const target = await kind.open(settings.settings, context);
  await target.prepare?.();
  return { view, target };
}

function fillLedger(ledger: Ledger, { first, count, at }: z.output<typeof run>): object {
  for (let from = 0; from < count; from += BATCH) {
    const frames = framesOf({ first: first + from, count: Math.min(BATCH, count - from), at });
    ledger.apply(frames.flatMap(noticesOf));
  }
  return {};
}

async function deliverAll(ledger: Ledger, view: TargetView, target: Target): Promise<object> {
  const { signal } = new AbortController();
  for (let more = true; more; ) {
    const step = await gather(ledger.deltas, view, DELTA);
    more = step.more || sizeOf(step.delta) > 0;
    ledger.deltas.begin(view, step);
    ledger.deltas.record(view, step, await target.apply(step.delta, signal));
  }
  return {};
}

/** Changes of single attributes; remembers which of them are off. */
class Changes {
  readonly #ledger: Ledger;
  readonly #view: TargetView;
  readonly #off = new Set<number>();
  #made = 0;

  constructor(ledger: Ledger, view: TargetView) {
    this.#ledger = ledger;
    this.#view = view;
  }

  async make({ changes, of, at }: { changes: number; of: number; at: number }): Promise<number> {
    // What a message costs to read is no part of the figure.
    const told = Array.from({ length: changes }, () => this.#next(of, at));
    const { deltas } = this.#ledger;
    const before = cpuTaken();
    for (const notices of told) {
      this.#ledger.apply(notices);
      const step = await gather(deltas, this.#view, DELTA);
      deltas.begin(this.#view, step);
      deltas.record(this.#view, step, []);
    }
    return (cpuTaken() - before) / changes;
  }

  #next(of: number, at: number): Notice[] {
    this.#made += 1;
    const number = 1 + (scattered(this.#made) % of);
    const toIds = this.#off.delete(number);
    if (!toIds) this.#off.add(number);
    return noticesOf(attributeFrame(number, { action: "edit", at, comment: `change ${this.#made}`, toIds }));
  }
}

function noticesOf(frame: Buffer): Notice[] {
  const decoded = decode(frame);
  if (isUnreadable(decoded)) throw new Error(decoded.reason);
  return decoded;
}
