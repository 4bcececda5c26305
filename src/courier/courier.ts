import { setMaxListeners } from "node:events";
import { join } from "node:path";
import { resolvePath } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { Audits } from "../delivery/audits.ts";
import { Dispatcher } from "../delivery/dispatcher.ts";
import { Journal } from "../delivery/journal.ts";
import type { Step } from "../ledger/deltas.ts";
import type { Question } from "../ledger/questions.ts";
import type { Logger } from "../log.ts";
import { MispClient } from "../misp/client.ts";
import { EventDesk } from "../misp/event-desk.ts";
import { Feed, type LineEvent } from "../misp/feed.ts";
import { Inquiries } from "../misp/inquiries.ts";
import type { Notice } from "../model/notice.ts";
import { lockState, PATIENCE } from "../state/lock.ts";
import { Acquaintance } from "./acquaintance.ts";
import { attendAlerts } from "./alerts.ts";
import { beat } from "./beat.ts";
import { catchUp } from "./catch-up.ts";
import { CatchUpLoop } from "./catch-up-loop.ts";
import { decisionDesk } from "./decisions.ts";
import { answerDrift, driftsIn } from "./drift-desk.ts";
import { Intake } from "./intake.ts";
import { introduce } from "./introduce.ts";
import { KnowledgeKeeper } from "./knowledge-keeper.ts";
import { MispLists } from "./misp-lists.ts";
import { findingsOf } from "./online-check.ts";
import { openCurator } from "./open-curator.ts";
import { JOURNAL_FILE, LEDGER_FILE, openLedger } from "./open-ledger.ts";
import { openTargets } from "./open-targets.ts";
import { LISTS_FOLDER, Protections } from "./protections.ts";
import { attendRequests } from "./requests.ts";
import { Reviewer } from "./reviewer.ts";
import { requireSameTime } from "./same-time.ts";
import { SensorPost } from "./sensor-post.ts";
import { sightingBox } from "./sighting-box.ts";
import { Vigil } from "./vigil.ts";

export interface CourierOptions {
  config: Config;
  log: Logger;
  /** Ends it: what was heard is delivered, then everything is closed. */
  signal: AbortSignal;
  /** Milliseconds. */
  clock: () => number;
  observer?: Observer | undefined;
}

/** Somebody who watches: the demonstration, the live page. */
export interface Observer {
  /** Everything is open and at work, and guarded like this. */
  started?(protections: Pick<Protections, "of">): void;
  line?(event: LineEvent): void;
  /** Messages arrived, as they came. */
  frames?(frames: readonly Buffer[]): void;
  heard?(notices: readonly Notice[]): void;
  delivered?(target: string, step: Step): void;
  /** Every few seconds, as long as the event loop turns and the ledger answers. */
  alive?(now: number): void;
}

/**
 * The whole line: MISP's feed → curation → ledger → delivery → targets. Resolves when it was stopped.
 * @throws StateDamaged, StateInUse and StateUnwritable when its state cannot be used
 */
export async function runCourier(options: CourierOptions): Promise<void> {
  const stop = new AbortController();
  const end = () => stop.abort();
  options.signal.addEventListener("abort", end, { once: true });
  if (options.signal.aborted) end();
  try {
    await run({ ...options, signal: stop.signal });
  } finally {
    options.signal.removeEventListener("abort", end);
    // After a failure, too, nothing of it may go on.
    end();
  }
}

async function run({ config, log, signal, clock, observer }: CourierOptions): Promise<void> {
  // Each request that is under way listens to it.
  setMaxListeners(0, signal);
  const state = resolvePath(config, config.state);
  using _lock = lockState(state, PATIENCE);
  const files = { ledger: join(state, LEDGER_FILE), journal: join(state, JOURNAL_FILE) };
  using ledger = openLedger(config, files.ledger, clock);
  const journal = await Journal.open(files.journal);
  requireSameTime(ledger, journal, files, log);
  const delivered = observer?.delivered?.bind(observer);
  const changed = ledger.deltas.guarded.bind(ledger.deltas);
  using protections = new Protections({ config, log, changed });
  const sightings = sightingBox({ queue: ledger.sensed, log, clock });
  const targets = await openTargets({ config, ledger, journal, log, clock, protections, delivered, sightings });
  await using dispatcher = new Dispatcher(targets.map(({ lane }) => lane));
  await using audits = new Audits({ auditors: targets, log, clock, random: Math.random, ...driftsIn(ledger) });

  const client = new MispClient(config.misp);
  const desk = new EventDesk(client, signal);
  await using keeper = new KnowledgeKeeper({
    config,
    ledger,
    mispLists: new MispLists({ client, directory: join(state, LISTS_FOLDER), log, clock }),
    log,
    signal,
    learned: (lists) => {
      protections.learn(lists);
      reviewer.wake();
    },
    complete: () => curator.begin(),
  });
  await using curator = openCurator({
    config,
    ledger,
    client,
    desk,
    saved: () => intake.saved,
    keeper,
    log,
    signal,
    clock,
  });

  const asks = (questions: readonly Question[]) => {
    for (const question of questions) inquiries.ask(question);
  };
  using reviewer = new Reviewer({ ledger, log, judged: () => dispatcher.wake(), asks });
  const saved = (notices: readonly Notice[]) => {
    observer?.heard?.(notices);
    dispatcher.wake();
    reviewer.wake();
  };
  const intake = new Intake({ ledger, log, signal, clock, saved, asks });
  const answer = intake.answers.bind(intake);
  const unanswered = ({ uuid, eventId }: Question, error: unknown) =>
    log.warn("MISP does not answer about an event", { event: uuid ?? eventId, error });
  const inquiries = new Inquiries({ client, desk, signal, clock, answer, failed: unanswered });
  await using catching = new CatchUpLoop({
    catchUp: (progress, since) => {
      const caught: typeof answer = async (notices, ...when) => {
        await answer(notices, ...when);
        curator.heard(notices);
      };
      return catchUp({ config, client, ledger, log, signal, clock, answer: caught, progress }, since);
    },
    spells: ledger.blindSpells,
    log,
    signal,
    clock,
    every: config.misp.catch_up.every,
  });
  using vigil = new Vigil({
    spells: ledger.blindSpells,
    log,
    clock,
    missed: () => catching.request(),
    lastHeard: intake.lastHeard,
  });

  const health = { ledger, ledgerFile: files.ledger, journal, protections, vigil, catching };
  await using _alerts = await attendAlerts({ config, state, client, log, clock, ...health });

  using _pulse = beat(() => ledger.fact("rules") !== undefined && observer?.alive?.(clock()));
  using _desk = attendRequests(ledger.requests, {
    ...decisionDesk({ holds: ledger.deltas.holds, journal, clock }, log, () => dispatcher.wake()),
    "catch-up": (since) => catching.request(Number(since) || undefined),
    drift: (asked) => void answerDrift(asked, { audits, ledger, log }),
  });

  await using _post = new SensorPost({ client, queue: ledger.sensed, log, signal, clock });
  await keeper.start();
  dispatcher.start();
  audits.start();
  reviewer.wake();
  await using feed = new Feed(config.misp.zeromq, clock, (event) => {
    log.info(`The line to MISP's feed is ${event.kind}`, { endpoint: config.misp.zeromq.endpoint });
    vigil.line(event);
    observer?.line?.(event);
  });
  const acquaintance = new Acquaintance({
    client,
    ledger,
    log,
    signal,
    answer: (notices) => answer(notices, clock()),
    acquainted: (organisations) => keeper.acquainted(organisations),
  });
  const introduction = introduce({
    client,
    signal,
    log,
    answer: (notices) => answer(notices, clock()),
    findings: (probe) => findingsOf(config, client, probe, signal),
    found: (findings) => ledger.note(FINDINGS, JSON.stringify(findings)),
    introduced: ({ organisationId: id, organisationUuid: uuid }) => keeper.introduced({ id, uuid }),
  });
  // Whether or not the feed can be heard, REST may tell what was missed.
  catching.request();
  signal.addEventListener("abort", () => feed.close(), { once: true });
  observer?.started?.(protections);
  if (signal.aborted) feed.close();
  for await (const { frames, overrun } of feed.batches()) {
    observer?.frames?.(frames);
    const notices = intake.read(frames);
    // MISP is asked about events while what they hold is saved.
    curator.heard(notices);
    const follow = () => {
      vigil.heard(notices, overrun);
      keeper.heard(notices);
      acquaintance.heard(notices);
    };
    void intake.heard(notices).then(follow, () => feed.close());
    await intake.room();
  }
  await intake.saved;
  await introduction;
}

/** The fact of the ledger in which `status` finds what was missing when MISP was last asked. */
export const FINDINGS = "findings";
