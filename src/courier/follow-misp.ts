import { join } from "node:path";
import type { CourierConfig } from "../config/schema.ts";
import {
  CATCH_UP_FAILED,
  CAUGHT_UP,
  FINDINGS,
  RESTORED,
  RULES,
  SEES_ALL_SIGHTINGS,
  UNOPENED,
} from "../ledger/facts.ts";
import type { Question } from "../ledger/questions.ts";
import { MispClient } from "../misp/client.ts";
import { MispError } from "../misp/errors.ts";
import { EventDesk } from "../misp/event-desk.ts";
import type { LineEvent } from "../misp/feed.ts";
import { Inquiries } from "../misp/inquiries.ts";
import type { Notice } from "../model/notice.ts";
import { attendAlerts } from "./alerts.ts";
import { beat } from "./beat.ts";
import { catchUp } from "./catch-up/catch-up.ts";
import { EditedTags } from "./catch-up/edited-tags.ts";
import { CatchUpLoop, type CatchUpLoopOptions } from "./catch-up/loop.ts";
import type { CatchUpOptions } from "./catch-up/options.ts";
import type { Curator } from "./curator/curator.ts";
import { curates, openCurator } from "./curator/open-curator.ts";
import { decisionDesk } from "./decisions.ts";
import { answerDrift } from "./drift-desk.ts";
import { Intake } from "./intake/intake.ts";
import { openFeed } from "./intake/open-feed.ts";
import { Vigil } from "./intake/vigil.ts";
import { introduce } from "./introduce.ts";
import { Acquaintance } from "./knowledge/acquaintance.ts";
import { KnowledgeKeeper } from "./knowledge/keeper.ts";
import { MispLists } from "./knowledge/misp-lists.ts";
import { LISTS_FOLDER } from "./knowledge/protections.ts";
import type { Line } from "./line.ts";
import { listen } from "./listen.ts";
import { findingsOf } from "./online-check.ts";
import { Opening } from "./opening.ts";
import { attendRequests } from "./requests.ts";
import { Reviewer } from "./reviewer.ts";
import { SensorPost } from "./sensors/post.ts";
import { followSensors } from "./sensors/topic.ts";

/** How many messages of a flood one transaction takes: curation waits for as many, which costs others time. */
const FLOOD = { curating: 500, otherwise: 2_000 };

/** Feeds the line from a MISP: its feed, and its REST for all that the feed leaves open. */
export async function followMisp(config: CourierConfig, line: Line): Promise<void> {
  const { ledger, files, journal, protections, dispatcher, audits, state, log, signal, clock, observer } = line;
  // One out of a backup knows nothing of what was taken back since.
  const isFirst =
    ledger.fact(CAUGHT_UP) === undefined || [RESTORED, UNOPENED].some((name) => ledger.fact(name) === "1");
  const opened = () => ledger.note(UNOPENED, "");
  const opening = new Opening({ isFirst, isReviewing: () => ledger.isReviewing, dispatcher, audits, opened });
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
  const slice = curates(config) ? FLOOD.curating : FLOOD.otherwise;
  const intake = new Intake({ ledger, log, signal, clock, turn, slice, saved, asks });
  const answer = intake.answers.bind(intake);
  const unanswered = ({ uuid, eventId }: Question, error: unknown) =>
    log.warn("MISP does not answer about an event", { event: uuid ?? eventId, error });
  const inquiries = new Inquiries({ client, desk, signal, clock, answer, failed: unanswered });
  await using catching = new CatchUpLoop({
    catchUp: catchingUp({ config, client, ledger, log, signal, clock, answer }, opening, curator),
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
    // A feed that never spoke while the courier ran was there to be heard until it was stopped all the same.
    lastHeard: intake.lastHeard ?? (Number(ledger.fact(CAUGHT_UP)) || undefined),
    // Brokers keep what is told while nobody reads; whether they are there, the line itself says.
    speaksWhenIdle: config.misp.kafka === undefined,
  });

  const health = { ledger, ledgerFile: files.ledger, journal, protections, vigil, catching };
  await using _alerts = await attendAlerts({ config, state, client, log, clock, ...health });

  using _pulse = beat(() => ledger.fact(RULES) !== undefined && observer?.alive?.(clock()));
  using _desk = attendRequests(ledger.requests, {
    ...decisionDesk({ holds: ledger.deltas.holds, journal, clock }, log, dispatcher),
    "catch-up": (since) => catching.request(Number(since) || undefined),
    drift: (asked) => void answerDrift(asked, { audits, ledger, log, signal, begun: opening.isOver }),
  });

  await using _post = new SensorPost({ client, queue: ledger.sensed, log, signal, clock });
  await using _sensors = await followSensors(config, { queue: ledger.sensed, intake, log, signal, clock });
  await keeper.start();
  opening.begin();
  reviewer.wake();
  const onLine = (event: LineEvent) => {
    vigil.line(event);
    observer?.line?.(event);
  };
  await using feed = await openFeed(config, log, clock, onLine, slice);
  const told = (notices: readonly Notice[]) => answer(notices, clock());
  const acquaintance = new Acquaintance({
    client,
    ledger,
    log,
    signal,
    answer: told,
    acquainted: (organisations) => keeper.acquainted(organisations),
  });
  const introduction = introduce({
    client,
    signal,
    log,
    answer: told,
    findings: (probe) => findingsOf(config, client, probe, signal),
    found: (findings) => ledger.note(FINDINGS, JSON.stringify(findings)),
    introduced: ({ organisationId: id, organisationUuid: uuid, permissions }) => {
      ledger.note(SEES_ALL_SIGHTINGS, permissions.has("perm_site_admin") ? "1" : "");
      keeper.introduced({ id, uuid });
    },
    delayed: (error) => opening.failed("warninglists", error),
  });
  // Whether or not the feed can be heard, REST may tell what was missed.
  catching.request();
  observer?.started?.({ protections, knowledge: () => ledger.knowledge });
  const editedTags = new EditedTags({ client, ledger, log, signal, clock, answer });
  await listen(feed, { intake, curator, vigil, keeper, acquaintance, editedTags, signal, observer });
  await introduction;
}

/** A catch-up that the opening waits for and curation hears of; why it failed is kept for `status`. */
function catchingUp(options: CatchUpOptions, opening: Opening, curator: Curator): CatchUpLoopOptions["catchUp"] {
  const { ledger, signal } = options;
  const answer: CatchUpOptions["answer"] = async (notices, ...when) => {
    opening.told();
    curator.found(notices);
    await options.answer(notices, ...when);
    curator.heard(notices);
  };
  return async (progress, since) => {
    try {
      const caught = await catchUp({ ...options, answer, progress }, since);
      opening.known("MISP");
      return caught;
    } catch (error) {
      opening.failed("MISP", error);
      if (error instanceof MispError && !signal.aborted) ledger.note(CATCH_UP_FAILED, error.message);
      throw error;
    }
  };
}
