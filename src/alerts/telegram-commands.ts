import { setTimeout as pause } from "node:timers/promises";
import type { Telegram } from "telegraf";
import type { Log } from "../log.ts";
import { within } from "../model/within.ts";
import { refang } from "./defang.ts";
import { TellLater } from "./notifier.ts";
import { callTelegram, refusalOf, type TelegramNotifier } from "./telegram.ts";
import { type Asked, askedIn } from "./telegram-asked.ts";

/** Answers what people ask; text of strangers in the answers is defanged already. */
export interface Desk {
  status(): Promise<string>;
  explain(value: string): Promise<string>;
  held(): Promise<string>;
}

export interface CommandsOptions {
  telegram: Telegram;
  notifier: TelegramNotifier;
  desk: Desk;
  signal: AbortSignal;
  warn: Log;
  /** Milliseconds. */
  clock: () => number;
}

/** How long one question to Telegram stays open, seconds, and the wait after one that failed, milliseconds. */
const POLL = 25;
const AGAIN = 30_000;
/** From one question to the next where nothing was said, milliseconds: a server may answer at once all the same. */
const PACE = 1_000;
/** So long after the last news it no longer counts which that was, milliseconds: after a week Telegram numbers on from anywhere. */
const FORGOTTEN = 86_400_000;
/** An answer is tried so often, and waits no longer than this, milliseconds, where Telegram asks for it. */
const TRIES = 3;
const LONGEST_WAIT = 60_000;

const HELP =
  "/status: how the courier is\n/explain VALUE: why a value is, or is not, at the targets\n/held: changes that wait for a person";

/** Listens for commands until stopped. Only the configured chat is answered; nobody else learns that there is somebody. */
export async function attendCommands({
  telegram,
  notifier,
  desk,
  signal,
  warn,
  clock,
}: CommandsOptions): Promise<void> {
  const heard = new Heard(clock);
  const isOurs = ownName(telegram, signal);
  while (!signal.aborted) {
    try {
      const rested = pause(PACE, undefined, { signal }).catch(() => undefined);
      const offset = heard.next;
      const query = { timeout: POLL, offset, allowed_updates: ["message" as const] };
      const updates = await within((POLL + 15) * 1000, signal, (patience) =>
        callTelegram(telegram, "getUpdates", query, patience),
      );
      const news = updates.filter(({ update_id }) => update_id >= offset);
      for (const update of news) {
        heard.hear(update.update_id);
        const asked = await askedIn(update, notifier, signal);
        if (asked) await answer(asked, { desk, notifier, isOurs, signal, warn });
      }
      if (news.length === 0) await rested;
    } catch (error) {
      if (signal.aborted) return;
      const { complaint, wait } = refusalOf(error);
      warn("Telegram's commands cannot be heard now", { reason: complaint });
      await pause(wait ?? AGAIN, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** How far what is said was heard. */
class Heard {
  readonly #clock: () => number;
  #next = 0;
  #last: number;

  constructor(clock: () => number) {
    this.#clock = clock;
    this.#last = clock();
  }

  /** The number of what is heard next, or a lower one. */
  get next(): number {
    return this.#clock() - this.#last > FORGOTTEN ? 0 : this.#next;
  }

  hear(update: number): void {
    this.#next = Math.max(this.next, update + 1);
    this.#last = this.#clock();
  }
}

/** Tells whether a name is the bot's; of a bot that does not hear what it is called, every name is. */
function ownName(telegram: Telegram, signal: AbortSignal): (name: string) => Promise<boolean> {
  let own: string | undefined;
  return async (name) => {
    own ??= await within(AGAIN, signal, (patience) => callTelegram(telegram, "getMe", {}, patience)).then(
      ({ username }) => username?.toLowerCase(),
      () => undefined,
    );
    return own === undefined || own === name.toLowerCase();
  };
}

interface Answering extends Omit<CommandsOptions, "telegram" | "clock"> {
  isOurs: (name: string) => Promise<boolean>;
}

async function answer({ command, bot, value }: Asked, { desk, isOurs, ...chat }: Answering): Promise<void> {
  // A bot that administers its group hears what is meant for others, too, such as another courier's.
  if (bot !== undefined && !(await isOurs(bot))) return;
  const answer = await reply(command, refang(value), desk).catch((error: unknown) => {
    chat.warn("What was asked in the chat cannot be answered", { command, error });
    return "This cannot be answered now; the log says why.";
  });
  await say(answer, chat);
}

/** Gives an answer, again where Telegram only asks to wait for a while, or names another number of the chat. */
async function say(text: string, { notifier, signal, warn }: Omit<Answering, "desk" | "isOurs">): Promise<void> {
  for (let tries = 1; !signal.aborted; tries += 1) {
    try {
      return await notifier.say(text, signal);
    } catch (error) {
      if (signal.aborted) return;
      const wait = error instanceof TellLater && tries < TRIES ? error.wait : undefined;
      if (wait === undefined || wait > LONGEST_WAIT) return warn("An answer cannot be given in the chat", { error });
      await pause(wait, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function reply(command: string, value: string, desk: Desk): Promise<string> {
  switch (command) {
    case "status":
      return desk.status();
    case "held":
      return desk.held();
    case "explain":
      return value === "" ? "Which value? For example: /explain evil[.]example" : desk.explain(value);
    default:
      return HELP;
  }
}
