import type { TelegramNotifier } from "./telegram.ts";

/** What somebody asks in the chat. */
export interface Asked {
  command: string;
  /** The bot that is named; `undefined`: whoever hears it. */
  bot: string | undefined;
  value: string;
}

/** Where somebody wrote. */
interface Place {
  id?: unknown;
  username?: unknown;
}

const COMMAND = /^\/(status|explain|held|help|start)(?:@(\w+))?(?:\s+([\s\S]+))?$/i;
/** Telegram gives supergroups the numbers below this one, and other groups those above. */
const SUPERGROUPS = -1_000_000_000_000;

/** What an update asks of the courier; `undefined` where that is nothing, or it comes from another chat than the configured one. */
export async function askedIn(
  update: object,
  notifier: TelegramNotifier,
  signal: AbortSignal,
): Promise<Asked | undefined> {
  const { text = "", place } = saidIn(update) ?? {};
  const [, command, bot, value = ""] = COMMAND.exec(text.trim()) ?? [];
  if (command === undefined || place === undefined) return undefined;
  // After a start only the number that is configured is known, until something is written under it.
  if (mayBeGrown(place, notifier.chat)) await notifier.follow(signal);
  return isCalled(place, notifier.chat) ? { command: command.toLowerCase(), bot, value } : undefined;
}

function saidIn(update: object): { text: string; place: Place } | undefined {
  if (!("message" in update)) return undefined;
  const { message } = update;
  if (typeof message !== "object" || message === null || !("text" in message) || !("chat" in message)) return undefined;
  const { text, chat: place } = message;
  return typeof place === "object" && place !== null && typeof text === "string" ? { text, place } : undefined;
}

/** A public group may be configured by its name, such as `@the_soc`. */
function isCalled(place: Place, chat: string): boolean {
  return String(place.id) === chat || `@${place.username}`.toLowerCase() === chat.toLowerCase();
}

/** Whether it is a supergroup, and the chat a group that may have become one. */
function mayBeGrown({ id }: Place, chat: string): boolean {
  return Number(id) < SUPERGROUPS && Number(chat) < 0 && Number(chat) > SUPERGROUPS;
}
