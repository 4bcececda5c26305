import type { Agent } from "node:https";
import type { Telegram } from "telegraf";
import { within } from "../model/within.ts";
import { shortened } from "./defang.ts";
import { type Notifier, TellLater } from "./notifier.ts";
import { readable, type Word } from "./words.ts";

/** The `alerts.telegram` section. */
export interface TelegramSettings {
  token: string;
  chat_id: string;
  api_root: string;
  proxy?: string | undefined;
}

/** Telegram takes no longer message. */
const LONGEST_MESSAGE = 4_096;
/** A try takes at most so long, milliseconds. */
const TIMEOUT = 20_000;

/** Telegram's Bot API; the library is loaded only where somebody wants it. */
export async function openTelegram({ token, api_root, proxy }: TelegramSettings): Promise<Telegram> {
  const { Telegram } = await import("telegraf");
  // Without the slash, the last part of a path would give way to the bot's own.
  return new Telegram(token, {
    apiRoot: `${api_root.replace(/\/+$/, "")}/`,
    ...(proxy ? { agent: await agentFor(proxy) } : {}),
  });
}

type Call = Telegram["callApi"];

/** One call of the Bot API that can be given up. */
export function callTelegram<Method extends Parameters<Call>[0]>(
  telegram: Telegram,
  method: Method,
  payload: Parameters<typeof telegram.callApi<Method>>[1],
  signal: AbortSignal,
) {
  // The library's types know a shim of AbortSignal alone; what it does with a signal works with both.
  const options = { signal } as unknown as Parameters<Call>[2];
  return telegram.callApi(method, payload, options);
}

/** Writes to one chat, as plain text: without a parse mode there is nothing to inject. */
export class TelegramNotifier implements Notifier {
  readonly name = "telegram";
  readonly #telegram: Telegram;
  /** Telegram gives a group that grows a new number. */
  #chat: string;

  constructor(telegram: Telegram, chat: string) {
    this.#telegram = telegram;
    this.#chat = chat;
  }

  get chat(): string {
    return this.#chat;
  }

  async tell(words: readonly Word[], signal: AbortSignal): Promise<void> {
    await this.say(words.map(readable).join("\n\n"), signal);
  }

  /** Writes one message. @throws TellLater when Telegram asks to wait */
  async say(text: string, signal: AbortSignal): Promise<void> {
    const message = { text: shortened(text, LONGEST_MESSAGE), link_preview_options: { is_disabled: true } };
    try {
      await within(TIMEOUT, signal, (patience) =>
        callTelegram(this.#telegram, "sendMessage", { chat_id: this.#chat, ...message }, patience),
      );
    } catch (error) {
      const { wait, moved, complaint } = refusalOf(error);
      if (moved !== undefined) {
        this.#chat = moved;
        throw new TellLater("the chat has a new number", 0);
      }
      throw wait === undefined ? new Error(complaint) : new TellLater(complaint, wait);
    }
  }

  /** Learns the number of a group that may have grown without a word, from how Telegram refuses to write under its former one. */
  async follow(signal: AbortSignal): Promise<void> {
    const nothing = { chat_id: this.#chat, action: "typing" as const };
    try {
      await within(TIMEOUT, signal, (patience) => callTelegram(this.#telegram, "sendChatAction", nothing, patience));
    } catch (error) {
      this.#chat = refusalOf(error).moved ?? this.#chat;
    }
  }
}

/** What Telegram's refusal means; other errors may name the address with the token in it, so their text is not passed on. */
export function refusalOf(error: unknown): { wait?: number; moved?: string; complaint: string } {
  const response = member(error, "response");
  const code = member(response, "error_code");
  if (typeof code !== "number") return { complaint: `Telegram does not answer${reasonOf(error)}` };
  const parameters = member(response, "parameters");
  const seconds = Number(member(parameters, "retry_after"));
  const moved = member(parameters, "migrate_to_chat_id");
  const complaint = `Telegram answered ${code}: ${shortened(String(member(response, "description") ?? ""), 200)}`;
  return {
    complaint,
    ...(seconds > 0 ? { wait: seconds * 1000 } : {}),
    ...(moved === undefined ? {} : { moved: String(moved) }),
  };
}

/** Such as a certificate that nobody vouches for: a code names no address. */
function reasonOf(error: unknown): string {
  const code = member(error, "code");
  return typeof code === "string" ? ` (${code})` : "";
}

function member(holder: unknown, name: string): unknown {
  return typeof holder === "object" && holder !== null ? Reflect.get(holder, name) : undefined;
}

async function agentFor(proxy: string): Promise<Agent> {
  const { HttpsProxyAgent } = await import("https-proxy-agent");
  return new HttpsProxyAgent(proxy);
}
