import type { ServerResponse } from "node:http";
import { AnsweringServer, type Asked, json } from "../support/answering-server.ts";

/** What the bot is called. */
const NAME = "the_bot";

/** A Bot API server on loopback: it keeps what is written to its chats and hands out what is said to the bot. */
export class BotApi implements AsyncDisposable {
  /** What was written, in its order. */
  readonly messages: { chat: string; text: string; fields: string[] }[] = [];
  /** Refusals to give before the next messages are taken. */
  readonly refusals: { status: number; body: object }[] = [];
  /** How many times somebody tried to write. */
  tries = 0;
  /** How often it was asked what was said. */
  polls = 0;
  /** A poll without news is answered at once, as by a server that waits for none. */
  hurries = false;
  readonly #server: AnsweringServer;
  #updates: { update_id: number; message: object }[] = [];
  #last = 0;
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
    this.#last += 1;
    this.#updates.push({
      update_id: this.#last,
      message: { message_id: this.#last, date: 0, chat: { id: chat, type: "group", username }, text },
    });
    this.#flush();
  }

  /** Answers the poll that is open without news; from then on updates are numbered from 1 again. */
  numberAnew(): void {
    this.#last = 0;
    if (this.#polling) told(this.#polling.response, []);
    this.#polling = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }

  #answer(asked: Asked, response: ServerResponse): void {
    const body = Object(asked.body);
    if (asked.path.endsWith("/getUpdates")) {
      this.polls += 1;
      if (this.hurries) {
        json({ ok: true, result: [] })(asked, response);
        return;
      }
      // What was answered once is confirmed by the next question, and forgotten.
      this.#updates = this.#updates.filter(({ update_id }) => update_id >= body.offset);
      this.#polling = { offset: body.offset, response };
      this.#flush();
      return;
    }
    if (asked.path.endsWith("/getMe")) {
      json({ ok: true, result: { id: 1, is_bot: true, first_name: "bot", username: NAME } })(asked, response);
      return;
    }
    this.tries += 1;
    const refusal = this.refusals.shift();
    if (refusal) {
      json(refusal.body, refusal.status)(asked, response);
      return;
    }
    if (asked.path.endsWith("/sendChatAction")) {
      json({ ok: true, result: true })(asked, response);
      return;
    }
    this.messages.push({ chat: String(body.chat_id), text: body.text, fields: Object.keys(body).sort() });
    json({ ok: true, result: { message_id: this.messages.length } })(asked, response);
  }

  /** A poll without news stays open, as Telegram's does. */
  #flush(): void {
    if (!this.#polling) return;
    const { offset, response } = this.#polling;
    const result = this.#updates.filter(({ update_id }) => update_id >= offset);
    if (result.length === 0) return;
    this.#polling = undefined;
    told(response, result);
  }
}

function told(response: ServerResponse, result: object[]): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ ok: true, result }));
}
