import { join } from "node:path";
import type { CourierConfig } from "../config/schema.ts";
import { CATCH_UP_FAILED, CAUGHT_UP, FINDINGS, RULES } from "../ledger/facts.ts";
import type { Question } from "../ledger/questions.ts";
import { MispClient } from "../misp/client.ts";
import { MispError } from "../misp/errors.ts";
import { EventDesk } from "../misp/event-desk.ts";
import { Inquiries } from "../misp/inquiries.ts";
import type { Notice } from "../model/notice.ts";
import { Acquaintance } from "./acquaintance.ts";
import { attendAlerts } from "./alerts.ts";
import { beat } from "./beat.ts";
import { catchUp } from "./catch-up.ts";
import { CatchUpLoop } from "./catch-up-loop.ts";
import { decisionDesk } from "./decisions.ts";
import { answerDrift } from "./drift-desk.ts";
import { followTopic } from "./forwarder.ts";
import { Intake } from "./intake.ts";
import { introduce } from "./introduce.ts";
import { KnowledgeKeeper } from "./knowledge-keeper.ts";
import { type CourierOptions, type Line, withLine } from "./line.ts";
import { MispLists } from "./misp-lists.ts";
import { findingsOf } from "./online-check.ts";
import { openCurator } from "./open-curator.ts";
import { openFeed } from "./open-feed.ts";
import { Opening } from "./opening.ts";
import { LISTS_FOLDER } from "./protections.ts";
import { attendRequests } from "./requests.ts";
import { Reviewer } from "./reviewer.ts";
import { SensorPost } from "./sensor-post.ts";
import { followSensors } from "./sensor-topic.ts";
import { Vigil } from "./vigil.ts";

export type { CourierOptions, Observer } from "./line.ts";

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
    const { config } = options;
    await withLine({ ...options, signal: stop.signal }, (line) =>
      config.role === "forwarder" ? followTopic(config, line) : followMisp(config, line),
    );
  } finally {
    options.signal.removeEventListener("abort", end);
    // After a failure, too, nothing of it may go on.
    end();
  }
}

async function followMisp(config: CourierConfig, line: Line): Promise<void> {
  const { ledger, files, journal, protections, dispatcher, audits, state, log, signal, clock, observer } = line;
  const isFirst = ledger.fact(CAUGHT_UP) === undefined;
  const opening = new Opening({ isFirst, isReviewing: () => ledger.isReviewing, dispatcher, audits });
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
    asked: () => opening.known("warninglists"),
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
  const rested = () => opening.judged();
  using reviewer = new Reviewer({ ledger, log, judged: () => dispatcher.wake(), rested, asks });
  const saved = (notices: readonly Notice[]) => {
    observer?.heard?.(notices);
    dispatcher.wake();
    reviewer.wake();
  };
  const turn = () => curator.soon();
  const intake = new Intake({ ledger, log, signal, clock, turn, saved, asks });
  const answer = intake.answers.bind(intake);
  const unanswered = ({ uuid, eventId }: Question, error: unknown) =>
    log.warn("MISP does not answer about an event", { event: uuid ?? eventId, error });
  const inquiries = new Inquiries({ client, desk, signal, clock, answer, failed: unanswered });
  await using catching = new CatchUpLoop({
    catchUp: async (progress, since) => {
      const caught: typeof answer = async (notices, ...when) => {
        opening.told();
        await answer(notices, ...when);
        curator.heard(notices);
      };
      const options = { config, client, ledger, log, signal, clock, answer: caught, progress };
      try {
        const caughtUp = await catchUp(options, since);
        opening.known("MISP");
        return caughtUp;
      } catch (error) {
        opening.failed("MISP", error);
        if (error instanceof MispError && !signal.aborted) ledger.note(CATCH_UP_FAILED, error.message);
        throw error;
      }
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
    // Brokers keep what is told while nobody reads; whether they are there, the line itself says.
    speaksWhenIdle: config.misp.kafka === undefined,
  });

  const health = { ledger, ledgerFile: files.ledger, journal, protections, vigil, catching };
  await using _alerts = await attendAlerts({ config, state, client, log, clock, ...health });

  using _pulse = beat(() => ledger.fact(RULES) !== undefined && observer?.alive?.(clock()));
  using _desk = attendRequests(ledger.requests, {
    ...decisionDesk({ holds: ledger.deltas.holds, journal, clock }, log, () => dispatcher.wake()),
    "catch-up": (since) => catching.request(Number(since) || undefined),
    drift: (asked) => void answerDrift(asked, { audits, ledger, log, signal, begun: opening.isOver }),
  });

  await using _post = new SensorPost({ client, queue: ledger.sensed, log, signal, clock });
  await using _sensors = await followSensors(config, { queue: ledger.sensed, intake, log, signal, clock });
  await keeper.start();
  opening.begin();
  reviewer.wake();
  await using feed = await openFeed(config, log, clock, (event) => {
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
    delayed: (error) => opening.failed("warninglists", error),
  });
  // Whether or not the feed can be heard, REST may tell what was missed.
  catching.request();
  signal.addEventListener("abort", () => feed.close(), { once: true });
  observer?.started?.({ protections, knowledge: () => ledger.knowledge });
  if (signal.aborted) feed.close();
  for await (const { frames, overrun, saved: told } of feed.batches()) {
    observer?.frames?.(frames);
    // MISP is asked about events while what they hold is read and saved.
    const notices = await intake.read(frames, (urgent) => curator.heard(urgent));
    vigil.heard(notices, overrun);
    curator.goesOn(notices);
    const follow = () => {
      if (!signal.aborted) told?.();
      keeper.heard(notices);
      acquaintance.heard(notices);
    };
    void intake.heard(notices).then(follow, () => feed.close());
    await intake.room();
  }
  await intake.saved;
  await introduction;
}
