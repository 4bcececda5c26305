import { createServer } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TellLater } from "../../src/alerts/notifier.ts";
import { openTelegram, TelegramNotifier } from "../../src/alerts/telegram.ts";
import { attendCommands, type Desk } from "../../src/alerts/telegram-commands.ts";
import { calm, eventually } from "../support/running-courier.ts";
import { aWord } from "./a-word.ts";
import { BotApi } from "./bot-api.ts";

const TOKEN = "123456:a-token-that-nobody-may-see";
const CHAT = "-100200";
const never = new AbortController().signal;
let api: BotApi;

beforeEach(async () => {
  api = await BotApi.start();
});

afterEach(() => api[Symbol.asyncDispose]());

async function aNotifier(apiRoot = api.url, chat = CHAT) {
  const telegram = await openTelegram({ token: TOKEN, chat_id: chat, api_root: apiRoot });
  return { telegram, notifier: new TelegramNotifier(telegram, chat) };
}

async function complaintOf(attempt: Promise<void>): Promise<Error> {
  return attempt.then(
    () => new Error("it was told"),
    (error: Error) => error,
  );
}

describe("telling", () => {
  test("words go to the configured chat as plain text without previews, several in one message", async () => {
    const { notifier } = await aNotifier();
    await notifier.tell([aWord({ sentence: "*bold* <b>_x_</b> [a](b)" }), aWord({ key: "disk" })], never);
    const [message] = api.messages;
    expect(message).toMatchObject({ chat: CHAT, fields: ["chat_id", "link_preview_options", "text"] });
    expect(message?.text).toBe("⚠ *bold* <b>_x_</b> [a](b).\nLook\n\n⚠ The feed is dead.\nLook");
    expect(api.tokens).toEqual(new Set([`bot${TOKEN}`]));
  });

  test("a message is never longer than Telegram takes", async () => {
    const { notifier } = await aNotifier();
    await notifier.say("x".repeat(10_000), never);
    expect(api.messages[0]?.text).toHaveLength(4_096);
  });

  test("when there are too many, the wait that Telegram names is passed on", async () => {
    const { notifier } = await aNotifier();
    const body = { ok: false, error_code: 429, description: "Too Many Requests", parameters: { retry_after: 7 } };
    api.refusals.push({ status: 429, body });
    const error = await complaintOf(notifier.tell([aWord()], never));
    expect(error).toBeInstanceOf(TellLater);
    expect(error).toMatchObject({ wait: 7_000 });
  });

  test("a group that got a new number is written to under it", async () => {
    const { notifier } = await aNotifier();
    const parameters = { migrate_to_chat_id: -100999 };
    api.refusals.push({ status: 400, body: { ok: false, error_code: 400, description: "upgraded", parameters } });
    await complaintOf(notifier.tell([aWord()], never));
    await notifier.tell([aWord()], never);
    expect(api.messages).toMatchObject([{ chat: "-100999" }]);
  });

  test.each([
    ["a refusal", { status: 403, body: { ok: false, error_code: 403, description: "bot was blocked" } }],
    ["a broken answer", { status: 502, body: {} }],
  ])("%s is an error without the token in it", async (_, refusal) => {
    const { notifier } = await aNotifier();
    api.refusals.push(refusal);
    const error = await complaintOf(notifier.tell([aWord()], never));
    expect(error.message).toContain(String(refusal.status));
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain("a-token");
  });

  test("a server that is not there is an error with the reason, and without the token in it", async () => {
    const { notifier } = await aNotifier("http://127.0.0.1:1");
    const error = await complaintOf(notifier.tell([aWord()], never));
    expect(error.message).toBe("Telegram does not answer (ECONNREFUSED)");
    expect(`${error.stack}`).not.toContain("a-token");
  });

  test("a server behind a path is asked there", async () => {
    const { notifier } = await aNotifier(`${api.url}/telegram`);
    await notifier.say("well", never);
    expect(api.tokens).toEqual(new Set(["telegram"]));
  });

  test("with a proxy, it asks the proxy for a tunnel", async () => {
    const asked: string[] = [];
    const proxy = createServer().on("connect", (request, socket) => {
      asked.push(request.url ?? "");
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const address = proxy.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const settings = { token: TOKEN, chat_id: CHAT, api_root: "https://telegram.invalid" };
    const telegram = await openTelegram({ ...settings, proxy: `http://127.0.0.1:${port}` });
    await complaintOf(new TelegramNotifier(telegram, CHAT).tell([aWord()], never));
    expect(asked).toEqual(["telegram.invalid:443"]);
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  });
});

describe("commands", () => {
  const DESK: Desk = {
    status: async () => "all is well",
    explain: async (value) => `asked for ${value}`,
    held: async () => "nothing is held",
  };

  async function attended(
    work: () => Promise<void>,
    { desk = DESK, chat = CHAT, warn = (_: string): void => {}, clock = Date.now } = {},
  ): Promise<void> {
    const stop = new AbortController();
    const { telegram, notifier } = await aNotifier(api.url, chat);
    const attending = attendCommands({ telegram, notifier, desk, signal: stop.signal, warn, clock });
    await work();
    stop.abort();
    await attending;
  }

  const said = (count: number) =>
    eventually(async () => {
      if (api.messages.length < count) throw new Error(`${api.messages.length} messages of ${count}`);
      return api.messages.map(({ text }) => text);
    });

  test("status, explain and held are answered, values in whatever form they are copied", async () => {
    await attended(async () => {
      api.say(Number(CHAT), "/status");
      api.say(Number(CHAT), "/explain@the_bot hxxps://evil[.]example/x");
      api.say(Number(CHAT), "/held");
      api.say(Number(CHAT), "/explain");
      const answers = await said(4);
      expect(answers.slice(0, 3)).toEqual(["all is well", "asked for https://evil.example/x", "nothing is held"]);
      expect(answers[3]).toContain("Which value?");
    });
  });

  test("what is meant for another bot of the group is left to that one", async () => {
    await attended(async () => {
      api.say(Number(CHAT), "/status@another_bot");
      api.say(Number(CHAT), "/held@The_Bot");
      expect(await said(1)).toEqual(["nothing is held"]);
    });
  });

  test.each([
    ["asks to wait", 429, { retry_after: 1 }],
    ["names the chat's new number", 400, { migrate_to_chat_id: -100999 }],
  ])("an answer is given once more where Telegram %s", async (_, status, parameters) => {
    const warnings: string[] = [];
    api.refusals.push({ status, body: { ok: false, error_code: status, description: "later", parameters } });
    await attended(
      async () => {
        api.say(Number(CHAT), "/status");
        expect(await said(1)).toEqual(["all is well"]);
      },
      { warn: (sentence) => void warnings.push(sentence) },
    );
    expect(warnings).toEqual([]);
  });

  test("an answer that Telegram refuses keeps nobody from being heard, and the log says what it refused", async () => {
    const warnings: string[] = [];
    api.refusals.push({ status: 403, body: { ok: false, error_code: 403, description: "no rights to write" } });
    const warn = (sentence: string, facts?: unknown) => void warnings.push(`${sentence}: ${Object(facts).error}`);
    await attended(
      async () => {
        api.say(Number(CHAT), "/status");
        api.say(Number(CHAT), "/held");
        expect(await said(1)).toEqual(["nothing is held"]);
      },
      { warn },
    );
    expect(warnings).toEqual([expect.stringContaining("Telegram answered 403: no rights to write")]);
  });

  test("a server that waits for no news is not asked without end", async () => {
    api.hurries = true;
    await attended(calm);
    expect(api.polls).toBe(1);
  });

  test("a group that said nothing for weeks is heard, whatever number Telegram gives what it says then", async () => {
    let now = Date.now();
    await attended(
      async () => {
        api.say(Number(CHAT), "/status");
        await eventually(async () => expect(api.polls).toBe(2));
        now += 14 * 86_400_000;
        api.numberAnew();
        await eventually(async () => expect(api.polls).toBe(3));
        api.say(Number(CHAT), "/held");
        expect(await said(2)).toEqual(["all is well", "nothing is held"]);
      },
      { clock: () => now },
    );
  });

  test("a public group is known by its name, and nobody else by theirs", async () => {
    await attended(
      async () => {
        api.say(-100666, "/status", "the_other_soc");
        api.say(-100666, "/status");
        api.say(Number(CHAT), "/status", "the_soc");
        expect(await said(1)).toEqual(["all is well"]);
        await calm();
        expect(api.messages).toMatchObject([{ chat: "@The_SOC" }]);
      },
      { chat: "@The_SOC" },
    );
  });

  test("a group that became a supergroup is answered before anything was written to it, and no other one is", async () => {
    const grown = -1_000_000_000_999;
    const parameters = { migrate_to_chat_id: grown };
    await attended(async () => {
      api.say(-1_000_000_000_666, "/status");
      await eventually(async () => expect(api.tries).toBe(1));
      api.refusals.push({ status: 400, body: { ok: false, error_code: 400, description: "upgraded", parameters } });
      api.say(-1_000_000_000_666, "what is this");
      api.say(grown, "/status");
      expect(await said(1)).toEqual(["all is well"]);
      expect(api.messages).toMatchObject([{ chat: String(grown) }]);
      api.say(Number(CHAT), "/held");
      api.say(-1_000_000_000_666, "/held");
      await calm();
      expect(api.tries).toBe(3);
    });
  });

  test("who asks what cannot be answered hears so, and the log does not blame Telegram", async () => {
    const warnings: string[] = [];
    const desk = { ...DESK, explain: () => Promise.reject(new Error("the ledger is damaged")) };
    await attended(
      async () => {
        api.say(Number(CHAT), "/explain a.example");
        api.say(Number(CHAT), "/status");
        expect(await said(2)).toEqual(["This cannot be answered now; the log says why.", "all is well"]);
      },
      { desk, warn: (sentence) => void warnings.push(sentence) },
    );
    expect(warnings).toEqual(["What was asked in the chat cannot be answered"]);
  });

  test("another chat gets no answer, nor does what is no command", async () => {
    await attended(async () => {
      api.say(666, "/status");
      api.say(Number(CHAT), "status please");
      api.say(Number(CHAT), "/statusquo");
      await calm();
      expect(api.tries).toBe(0);
      api.say(Number(CHAT), "/help");
      expect((await said(1))[0]).toContain("/explain VALUE");
    });
  });
});
