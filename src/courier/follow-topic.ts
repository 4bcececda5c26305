import { resolvePath } from "../config/load.ts";
import type { ForwarderConfig } from "../config/schema.ts";
import { openKafka } from "../kafka/connection.ts";
import { RULES } from "../ledger/facts.ts";
import { attendAlerts } from "./alerts.ts";
import { beat } from "./beat.ts";
import { decisionDesk } from "./decisions.ts";
import { answerDrift } from "./drift-desk.ts";
import { Intake } from "./intake/intake.ts";
import { TopicFollower } from "./intake/topic-follower.ts";
import { Vigil } from "./intake/vigil.ts";
import { KnowledgeKeeper } from "./knowledge/keeper.ts";
import type { Line } from "./line.ts";
import { attendRequests } from "./requests.ts";
import { Reviewer } from "./reviewer.ts";

/**
 * Feeds the line from a topic that other couriers write, instead of from a MISP. Nothing is delivered before all was read that
 * the topic held at the start: half of it would look as if the rest had been taken back. Only where that was read in an
 * earlier run, and the brokers are away, is delivered what is known.
 */
export async function followTopic(config: ForwarderConfig, line: Line): Promise<void> {
  const { ledger, files, journal, protections, dispatcher, audits, state, log, signal, clock, observer } = line;
  const { topic, reread_after } = config.source.kafka;
  let started = false;
  const start = () => {
    if (started) return;
    started = true;
    dispatcher.start();
    audits.start();
  };
  dispatcher.hold();

  const settled = () => dispatcher.wake();
  // There is no MISP to ask.
  const asks = () => {};
  using reviewer = new Reviewer({ ledger, log, judged: settled, asks });
  await using keeper = new KnowledgeKeeper({
    ...{ config, ledger, log, signal, complete: () => {} },
    learned: (lists) => {
      protections.learn(lists);
      reviewer.wake();
    },
  });
  const intake = new Intake({
    ...{ ledger, log, signal, clock, asks },
    saved: (notices) => {
      observer?.heard?.(notices);
      settled();
      reviewer.wake();
    },
  });
  const isKnown = ledger.fact(WHOLE) !== undefined;
  const follower: TopicFollower = new TopicFollower({
    ...{ topic, rereadAfter: reread_after, ledger, intake, log, signal, clock },
    kafka: await openKafka(config.source.kafka, (path) => resolvePath(config, path)),
    line: (event) => {
      log.info(`The line to the topic is ${event.kind}`, { topic, ...(event.cause ? { cause: event.cause } : {}) });
      vigil.line(event);
      observer?.line?.(event);
      if (event.kind === "disconnected" && isKnown) start();
    },
    inStep: () => {
      ledger.note(WHOLE, topic);
      repair();
      start();
      // What the topic no longer has was told by nobody.
      settled();
    },
  });
  const repair = () => ledger.blindSpells.repair(clock(), { topic }, clock());
  using vigil = new Vigil({
    ...{ spells: ledger.blindSpells, log, clock, lastHeard: intake.lastHeard },
    ...{ name: "The topic", speaksWhenIdle: false },
    // The brokers kept it all.
    missed: () => follower.isInStep && repair(),
  });
  const catching = { failing: null };
  const health = { ledger, ledgerFile: files.ledger, journal, protections, vigil, catching };
  await using _alerts = await attendAlerts({ config, state, log, clock, ...health });
  using _pulse = beat(() => ledger.fact(RULES) !== undefined && observer?.alive?.(clock()));
  using _desk = attendRequests(ledger.requests, {
    ...decisionDesk({ holds: ledger.deltas.holds, journal, clock }, log, dispatcher),
    "catch-up": () => follower.reread(),
    drift: (asked) => void answerDrift(asked, { audits, ledger, log, signal, begun: started }),
  });
  await keeper.start();
  reviewer.wake();
  observer?.started?.({ protections, knowledge: () => ledger.knowledge });
  await follower.run();
}

/** The fact of the ledger that says which topic it has been in step with. */
const WHOLE = "whole";
