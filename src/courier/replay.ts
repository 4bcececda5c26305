import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { enabledTargets } from "../config/enabled-targets.ts";
import { resolvePath } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { compilingKnowledge } from "../curation/knowledge.ts";
import { finish } from "../curation/warninglists/compilation.ts";
import { gather } from "../delivery/gather.ts";
import type { Step, TargetView } from "../ledger/delta/step.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { LedgerReport, type Summary } from "../ledger/report/report.ts";
import { silent } from "../log.ts";
import { decode, isUnreadable, KAFKA_PUBLICATION, TOPICS } from "../misp/messages.ts";
import type { Notice } from "../model/notice.ts";
import { readListFiles } from "./knowledge/list-files.ts";
import { Protections } from "./knowledge/protections.ts";
import { LEDGER_FILE, openLedger } from "./open-ledger.ts";
import { viewOf } from "./open-targets.ts";
import { readRecording } from "./recording.ts";

export interface ReplayOptions {
  config: Config;
  /** The recorded feed. */
  file: string;
  /** Called for each step that a target would have been sent, with the recorded time, milliseconds. */
  decided: (target: string, delta: Step["delta"], at: number) => void;
  signal: AbortSignal;
}

export interface Replayed {
  /** Those of topics that the courier listens to. */
  messages: number;
  unreadable: number;
  /** Whether nothing in the file, which is not empty, is of MISP's feed. */
  foreign: boolean;
  summary: Summary;
}

/** How long after the last message the clock goes on, so that what waits for late tags is decided, milliseconds. */
const AFTERMATH = 10_000;
const BATCH = 1_000;
/** What every topic of MISP's begins with, also of those that nobody here listens to. */
const FEED = Buffer.from("misp_");
/** What the courier listens to, over ZeroMQ or Kafka. */
const HEARD = new Set([...TOPICS, KAFKA_PUBLICATION]);

/**
 * Runs a recorded feed through a configuration, in a ledger that is thrown away: nothing is asked, written or sent anywhere.
 * Time is the recording's own. REST cannot be asked, so a publication that was recorded counts as confirmed, and of MISP's
 * warninglists only those in the folder are known.
 */
export async function replay({ config, file, decided, signal }: ReplayOptions): Promise<Replayed> {
  const sandbox = await mkdtemp(join(tmpdir(), "misp-courier-replay-"));
  let now = 0;
  const place = join(sandbox, LEDGER_FILE);
  try {
    using ledger = openLedger(config, place, () => now);
    await learnLists(config, ledger);
    const targets = enabledTargets(config);
    using protections = await Protections.read(config, silent);
    const views = targets.map(([name, settings]) => viewOf(name, settings, protections.of(name)));
    for (const view of views) ledger.deltas.register(view);
    let messages = 0;
    let unreadable = 0;
    let lines = 0;
    let ofMisp = 0;
    for await (const { at, frame } of readRecording(file)) {
      if (signal.aborted) break;
      lines += 1;
      if (frame.subarray(0, FEED.length).equals(FEED)) ofMisp += 1;
      if (!HEARD.has(frame.subarray(0, 64).toString().split(" ", 1).join())) continue;
      messages += 1;
      const notices = decode(frame);
      if (isUnreadable(notices)) {
        unreadable += 1;
        continue;
      }
      now = Math.max(now, at ?? timeOf(notices));
      ledger.apply(notices);
      const confirmed = confirmations(notices, now);
      if (confirmed.length > 0) ledger.apply(confirmed, { asked: now + 1 });
      await settle(ledger, views, decided, now);
    }
    now += AFTERMATH;
    await settle(ledger, views, decided, now);
    using report = new LedgerReport(place);
    return { messages, unreadable, foreign: lines > 0 && ofMisp === 0, summary: report.summary() };
  } finally {
    await rm(sandbox, { recursive: true, force: true });
  }
}

async function learnLists({ warninglists, curation, directory }: Config, ledger: Ledger): Promise<void> {
  const { lists } = await readListFiles(resolvePath({ directory }, warninglists.directory));
  const settings = { roles: warninglists.roles, trust: curation.trust, prefix: curation.prefix };
  const knowledge = finish(compilingKnowledge([...lists.values()], settings, null));
  ledger.learn(knowledge, {}, { values: () => true, organisations: new Set(), voices: new Set() });
}

/** Judges what is due and draws what each target lacks, as if it took everything at once. */
async function settle(
  ledger: Ledger,
  views: readonly TargetView[],
  decided: ReplayOptions["decided"],
  now: number,
): Promise<void> {
  while (ledger.review().more) await nextTurn();
  for (const view of views) {
    for (let more = true; more; ) {
      const step = await gather(ledger.deltas, view, BATCH);
      ledger.deltas.record(view, step, []);
      const { add, renew, remove } = step.delta;
      if (add.length + renew.length + remove.length > 0) decided(view.name, step.delta, now);
      more = step.more;
    }
  }
}

/** What REST would have said to the question that a publication raises. */
function confirmations(notices: readonly Notice[], now: number): Notice[] {
  const published = new Set(notices.flatMap((notice) => (notice.kind === "published" ? [notice.id] : [])));
  return notices.flatMap((notice): Notice[] => {
    if (notice.kind !== "event" || !published.has(notice.event.id)) return [];
    const publishTimestamp = Math.max(Math.floor(now / 1000), notice.event.timestamp ?? 0);
    return [{ kind: "event", event: { ...notice.event, published: true, publishTimestamp }, how: "answer" }];
  });
}

/** Where the recording tells no time, the newest that a message speaks of will do, milliseconds. */
function timeOf(notices: readonly Notice[]): number {
  const times = notices.map((notice) => {
    if (notice.kind === "attribute") return notice.attribute.timestamp;
    if (notice.kind === "event") return Math.max(notice.event.timestamp ?? 0, notice.event.publishTimestamp ?? 0);
    return notice.kind === "sighting" ? notice.sighting.date : 0;
  });
  return Math.max(0, ...times) * 1000;
}
