import { setTimeout as pause } from "node:timers/promises";
import type { Telegram } from "telegraf";
import type { Log } from "../log.ts";
import { within } from "../model/within.ts";
import { refang } from "./defang.ts";
import { callTelegram, refusalOf, type TelegramNotifier } from "./telegram.ts";

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
}

/** How long one question to Telegram stays open, seconds, and the wait after one that failed, milliseconds. */
const POLL = 25;
const AGAIN = 30_000;
const COMMAND = /^\/(status|explain|held|help|start)(?:@\w+)?(?:\s+([\s\S]{1,2000}))?$/i;

const HELP =
  "/status: how the courier is\n/explain VALUE: why a value is, or is not, at the targets\n/held: changes that wait for a person";

/** Listens for commands until stopped. Only the configured chat is answered; nobody else learns that there is somebody. */
export async function attendCommands({ telegram, notifier, desk, signal, warn }: CommandsOptions): Promise<void> {
  let offset = 0;
  while (!signal.aborted) {
    try {
      const query = { timeout: POLL, offset, allowed_updates: ["message" as const] };
      const updates = await within((POLL + 15) * 1000, signal, (patience) =>
        callTelegram(telegram, "getUpdates", query, patience),
      );
      for (const update of updates) {
        offset = Math.max(offset, update.update_id + 1);
        const said = saidIn(update, notifier.chat);
        if (said !== undefined) await answer(said, { desk, notifier, signal, warn });
      }
    } catch (error) {
      if (signal.aborted) return;
      const { complaint, wait } = refusalOf(error);
      warn("Telegram's commands cannot be heard now", { reason: complaint });
      await pause(wait ?? AGAIN, undefined, { signal }).catch(() => undefined);
    }
  }
}

function saidIn(update: object, chat: string): string | undefined {
  if (!("message" in update)) return undefined;
  const { message } = update;
  if (typeof message !== "object" || message === null || !("text" in message) || !("chat" in message)) return undefined;
  const { text, chat: place } = message;
  const here = typeof place === "object" && place !== null && isCalled(place, chat);
  return here && typeof text === "string" ? text : undefined;
}

/** A public group may be configured by its name, such as `@the_soc`. */
function isCalled(place: { id?: unknown; username?: unknown }, chat: string): boolean {
  return String(place.id) === chat || `@${place.username}`.toLowerCase() === chat.toLowerCase();
}

async function answer(
  said: string,
  { desk, notifier, signal, warn }: Omit<CommandsOptions, "telegram">,
): Promise<void> {
  const [, command, value = ""] = COMMAND.exec(said.trim()) ?? [];
  if (command === undefined) return;
  const answer = await reply(command.toLowerCase(), refang(value), desk).catch((error: unknown) => {
    warn("What was asked in the chat cannot be answered", { command, error });
    return "This cannot be answered now; the log says why.";
  });
  await notifier.say(answer, signal);
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
