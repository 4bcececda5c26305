import type { ServerResponse } from "node:http";
import { AnsweringServer, type Asked, json } from "../support/answering-server.ts";

/** A Bot API server on loopback: it keeps what is written to its chats and hands out what is said to the bot. */
export class BotApi implements AsyncDisposable {
  /** What was written, in its order. */
  readonly messages: { chat: string; text: string; fields: string[] }[] = [];
  /** Refusals to give before the next messages are taken. */
  readonly refusals: { status: number; body: object }[] = [];
  /** How many times somebody tried to write. */
  tries = 0;
  readonly #server: AnsweringServer;
  readonly #updates: object[] = [];
  #polling: { offset: number; response: ServerResponse } | undefined;

  private constructor(server: AnsweringServer) {
    this.#server = server;
    server.answer = (asked, response) => this.#answer(asked, response);
  }

  static async start(): Promise<BotApi> {
    return new BotApi(await AnsweringServer.start());
  }

  get url(): string {
    return this.#server.url;
  }

  /** The tokens that were used. */
  get tokens(): Set<string> {
    return new Set(this.#server.asked.map(({ path }) => path.split("/")[1] ?? ""));
  }

  /** Somebody writes to the bot, in a group that may have a public name. */
  say(chat: number, text: string, username?: string): void {
    const id = this.#updates.length + 1;
    this.#updates.push({
      update_id: id,
      message: { message_id: id, date: 0, chat: { id: chat, type: "group", username }, text },
    });
    this.#flush();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }

  #answer(asked: Asked, response: ServerResponse): void {
    const body = Object(asked.body);
    if (asked.path.endsWith("/getUpdates")) {
      this.#polling = { offset: body.offset, response };
      this.#flush();
      return;
    }
    this.tries += 1;
    const refusal = this.refusals.shift();
    if (refusal) {
      json(refusal.body, refusal.status)(asked, response);
      return;
    }
    this.messages.push({ chat: String(body.chat_id), text: body.text, fields: Object.keys(body).sort() });
    json({ ok: true, result: { message_id: this.messages.length } })(asked, response);
  }

  /** A poll without news stays open, as Telegram's does. */
  #flush(): void {
    if (!this.#polling) return;
    const { offset, response } = this.#polling;
    const result = this.#updates.slice(Math.max(0, offset - 1));
    if (result.length === 0) return;
    this.#polling = undefined;
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ ok: true, result }));
  }
}
