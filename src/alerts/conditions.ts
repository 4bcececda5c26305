import { defang, shortened } from "./defang.ts";

/** What is known of the courier's health at one moment. Times are milliseconds; what is `null` is in order. */
export interface Facts {
  now: number;
  /** What is listened to: MISP over ZeroMQ or Kafka, or the topic of other couriers. */
  feed: "zeromq" | "kafka" | "topic";
  /** It cannot be heard. */
  blind: { since: number; cause: string } | null;
  /** When MISP says that our key runs out; `null`: it did not say. */
  keyExpires: number | null;
  /** Catching up fails; `refused`: because MISP refuses the key. */
  catchUp: { since: number; failures: number; error: string; refused: boolean } | null;
  /** Targets that do not take deliveries. */
  failing: readonly { target: string; since: number; attempts: number; error: string }[];
  /** Changes that the guard holds. */
  held: readonly { target: string; reason: string }[];
  /** Bytes of the disk that the state is on. */
  disk: { free: number; total: number } | null;
}

/** Something that a person should hear of. */
export interface Condition {
  /** The same trouble has the same key for as long as it lasts: a word, and for targets their name after a colon. */
  key: string;
  sentence: string;
  /** What to do about it. */
  hint: string;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const GIGABYTE = 2 ** 30;

/** How long something must last before it is worth a message, milliseconds: restarts and short outages mend themselves. */
const PATIENCE = { feed: 2 * MINUTE, catchUp: 5 * MINUTE, target: 2 * MINUTE };
/** How many failures in a row are no coincidence. */
const FAILURES = 3;
/** How early the end of a key is announced. */
const KEY_NOTICE = 14 * DAY;

/** A trouble, and whether it may still mend itself: nobody is told of it yet. */
interface Trouble extends Condition {
  early?: boolean;
}

/** What a person should hear of, the worst first. */
export function conditionsOf(facts: Facts): Condition[] {
  return troublesOf(facts).flatMap(({ early, ...condition }) => (early ? [] : [condition]));
}

/** The keys of what is too short for a message: who was told of it before, as before a restart, is not told that it is over. */
export function earlyIn(facts: Facts): string[] {
  return troublesOf(facts).flatMap(({ early, key }) => (early ? [key] : []));
}

function troublesOf(facts: Facts): Trouble[] {
  return [
    disk(facts),
    key(facts),
    keyExpiry(facts),
    feed(facts),
    catchUp(facts),
    ...targets(facts),
    ...held(facts),
  ].flatMap((trouble) => trouble ?? []);
}

function disk({ disk }: Facts): Condition | undefined {
  if (!disk || disk.total === 0) return undefined;
  const scarce = disk.free < GIGABYTE || (disk.free < disk.total * 0.05 && disk.free < 20 * GIGABYTE);
  if (!scarce) return undefined;
  const megabytes = Math.floor(disk.free / 2 ** 20);
  return {
    key: "disk",
    sentence: `The disk of the state directory fills up: ${megabytes} MB are free`,
    hint: "Make room. When it is full, the feed waits and nothing is delivered; nothing is lost.",
  };
}

function key({ catchUp }: Facts): Condition | undefined {
  if (!catchUp?.refused) return undefined;
  return {
    key: "key",
    sentence: "MISP refuses the courier's key, or what it may do",
    hint: "See the key and its user in MISP. Until then removals are heard and additions wait.",
  };
}

function keyExpiry({ keyExpires, now }: Facts): Condition | undefined {
  if (keyExpires === null || keyExpires - now > KEY_NOTICE) return undefined;
  const day = new Date(keyExpires).toISOString().slice(0, 10);
  return {
    key: "key-expires",
    sentence:
      keyExpires > now ? `The courier's key for MISP runs out on ${day}` : `The courier's key ran out on ${day}`,
    hint: "Make a new key in MISP and put it into the configuration.",
  };
}

const CATCHING_UP = "Until then the courier learns of changes when it catches up over REST.";
const FEEDS = {
  zeromq: { name: "MISP's feed", hint: `See MISP's ZeroMQ publisher. ${CATCHING_UP}` },
  kafka: { name: "MISP's feed", hint: `See the brokers of Kafka. ${CATCHING_UP}` },
  topic: { name: "The topic", hint: "See the brokers of Kafka. What is written meanwhile is read afterwards." },
};

function feed({ feed, blind, now }: Facts): Trouble | undefined {
  if (!blind) return undefined;
  const { name, hint } = FEEDS[feed];
  return {
    key: "feed",
    early: now - blind.since < PATIENCE.feed,
    sentence: `${name} has not been heard for ${minutes(now - blind.since)} (${plain(blind.cause)})`,
    hint,
  };
}

function catchUp({ catchUp, now }: Facts): Trouble | undefined {
  if (!catchUp || catchUp.refused) return undefined;
  return {
    key: "catch-up",
    early: catchUp.failures < FAILURES || now - catchUp.since < PATIENCE.catchUp,
    sentence: `Catching up with MISP has failed ${catchUp.failures} times: ${plain(catchUp.error)}`,
    hint: "See whether MISP answers. What the feed lost meanwhile is made up for afterwards; nothing is removed over it.",
  };
}

function targets({ failing, now }: Facts): Trouble[] {
  return failing.map(({ target, since, attempts, error }) => ({
    key: `target:${target}`,
    early: attempts < FAILURES || now - since < PATIENCE.target,
    sentence: `Target ${target} has taken nothing for ${minutes(now - since)} (${attempts} attempts): ${plain(error)}`,
    hint: "Nothing is lost: it gets what it lacks once it is back.",
  }));
}

function held({ held }: Facts): Condition[] {
  return held.map(({ target, reason }) => ({
    key: `held:${target}`,
    sentence: `A change for target ${target} is held: ${plain(reason)}`,
    hint: "Look with `misp-courier held list`, then `held release` or `held discard`.",
  }));
}

/** What strangers may have had a hand in. */
function plain(text: string): string {
  return shortened(defang(text), 300);
}

function minutes(milliseconds: number): string {
  const count = Math.floor(milliseconds / MINUTE);
  if (count >= 120) return `${Math.floor(count / 60)} hours`;
  return count === 1 ? "a minute" : `${count} minutes`;
}
