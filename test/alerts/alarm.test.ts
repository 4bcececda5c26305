import { createHmac } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Alarm } from "../../src/alerts/alarm.ts";
import type { Facts } from "../../src/alerts/conditions.ts";
import { type Notifier, TellLater } from "../../src/alerts/notifier.ts";
import { Outbox } from "../../src/alerts/outbox.ts";
import { webhookNotifier } from "../../src/alerts/webhook.ts";
import { aFolder } from "../support/a-folder.ts";
import { AnsweringServer, json } from "../support/answering-server.ts";
import { calm, eventually } from "../support/running-courier.ts";

const WELL: Facts = {
  ...{ now: 0, feed: "zeromq", blind: null, keyExpires: null, catchUp: null, failing: [], held: [] },
  disk: null,
};
const HELD = [{ target: "siem", reason: "too much at once" }];

/** An alarm on a file, whose clock and facts the test sets. */
class Bell {
  facts: Facts = { ...WELL, held: HELD };
  warnings: string[] = [];
  readonly #file: string;
  readonly #notifiers: readonly Notifier[];
  #alarm: Alarm | undefined;

  constructor(file: string, notifiers: readonly Notifier[]) {
    this.#file = file;
    this.#notifiers = notifiers;
  }

  async start(): Promise<void> {
    this.#alarm = new Alarm({
      facts: async () => this.facts,
      notifiers: this.#notifiers,
      outbox: await Outbox.open(this.#file),
      warn: (_, facts) => this.warnings.push(String(facts?.error)),
    });
  }

  async look(now: number, facts: Partial<Facts> = { held: HELD }): Promise<void> {
    this.facts = { ...WELL, now, ...facts };
    await this.#alarm?.look();
  }

  async stop(): Promise<void> {
    await this.#alarm?.[Symbol.asyncDispose]();
  }
}

async function aBell(notifiers: readonly Notifier[], file = join(aFolder(), "alerts.json")): Promise<Bell> {
  const bell = new Bell(file, notifiers);
  await bell.start();
  onTestFinished(() => bell.stop());
  return bell;
}

/** Keeps what it tells, and refuses as often as it is set to. */
class Listener implements Notifier {
  readonly name: string;
  readonly told: string[] = [];
  /** The key of a word that it never takes. */
  never = "";
  refuse = 0;
  wait = 0;
  tries = 0;

  constructor(name = "listener") {
    this.name = name;
  }

  async tell(words: Parameters<Notifier["tell"]>[0]): Promise<void> {
    this.tries += 1;
    if (this.refuse > 0) {
      this.refuse -= 1;
      throw new TellLater("not now", this.wait);
    }
    if (words.some(({ key }) => key === this.never)) throw new TellLater("not this", this.wait);
    this.told.push(...words.map(({ kind, key }) => `${kind} ${key}`));
  }

  heard(count: number): Promise<void> {
    return eventually(async () => {
      if (this.told.length < count) throw new Error(`told: ${this.told.join(", ")}`);
    });
  }
}

test("every notifier is told, and one that fails holds up no other", async () => {
  const [one, other] = [new Listener("one"), new Listener("other")];
  one.refuse = 1;
  one.wait = 3_600_000;
  const bell = await aBell([one, other]);
  await bell.look(0);
  await other.heard(1);
  expect(other.told).toEqual(["alert held:siem"]);
  expect(one).toMatchObject({ told: [], tries: 1 });
  expect(bell.warnings).toEqual(["TellLater: not now"]);
});

test("what could not be told is told after as long as the other side asked to wait", async () => {
  const listener = new Listener();
  listener.refuse = 3;
  const bell = await aBell([listener]);
  await bell.look(0);
  await listener.heard(1);
  expect(listener).toMatchObject({ told: ["alert held:siem"], tries: 4 });
});

test("a restart neither forgets what waits nor says again what was told", async () => {
  const file = join(aFolder(), "alerts.json");
  const silent = new Listener();
  silent.refuse = 1;
  silent.wait = 3_600_000;
  const before = await aBell([silent], file);
  await before.look(0);
  await before.stop();

  const listener = new Listener();
  const after = await aBell([listener], file);
  await listener.heard(1);
  await after.look(60_000);
  await after.stop();
  const later = await aBell([listener], file);
  await later.look(120_000);
  await later.look(180_000, {});
  await later.look(240_000, {});
  await listener.heard(2);
  expect(listener.told).toEqual(["alert held:siem", "recovery held:siem"]);
});

test.each([
  ["feed", (since: number) => ({ blind: { since, cause: "silence" } })],
  ["catch-up", (since: number) => ({ catchUp: { since, failures: 3, error: "no answer", refused: false } })],
  ["target:siem", (since: number) => ({ failing: [{ target: "siem", since, attempts: 3, error: "no answer" }] })],
])("a restart during the trouble %j does not say that it is over", async (key, trouble) => {
  const file = join(aFolder(), "alerts.json");
  const listener = new Listener();
  const before = await aBell([listener], file);
  await before.look(600_000, trouble(0));
  await listener.heard(1);
  await before.stop();
  const after = await aBell([listener], file);
  for (const now of [610_000, 640_000, 680_000]) await after.look(now, trouble(605_000));
  await calm();
  expect(listener.told).toEqual([`alert ${key}`]);
  for (const now of [700_000, 770_000]) await after.look(now, {});
  await listener.heard(2);
  expect(listener.told).toEqual([`alert ${key}`, `recovery ${key}`]);
});

test("a word that the other side refuses for what it says holds up no other", async () => {
  const listener = new Listener();
  listener.never = "held:siem";
  const bell = await aBell([listener]);
  await bell.look(0, { held: ["siem", "bus", "lists"].map((target) => ({ target, reason: "too much at once" })) });
  await listener.heard(2);
  expect(listener.told.sort()).toEqual(["alert held:bus", "alert held:lists"]);
});

test("who could not be reached for hours hears the newest word on a condition alone", async () => {
  const file = join(aFolder(), "alerts.json");
  const silent = new Listener();
  silent.refuse = 9;
  silent.wait = 3_600_000;
  const bell = await aBell([silent], file);
  await bell.look(0);
  await bell.look(3_600_000);
  await bell.look(7_200_000);
  await bell.stop();
  const listener = new Listener();
  await aBell([listener], file);
  await listener.heard(1);
  expect(listener.told).toEqual(["reminder held:siem"]);
});

test("a damaged outbox is begun anew, and only its owner may read it", async () => {
  const file = join(aFolder(), "alerts.json");
  await writeFile(file, '{"version":1,"raised":[{');
  const listener = new Listener();
  const bell = await aBell([listener], file);
  await bell.look(0);
  await listener.heard(1);
  await bell.stop();
  expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({
    raised: [{ key: "held:siem" }],
    waiting: { listener: [] },
  });
});

test("where nothing can be written any more, people hear of it all the same, and of the disk once in the log", async () => {
  const file = join(aFolder(), "alerts.json");
  await mkdir(file);
  const listener = new Listener();
  const bell = await aBell([listener], file);
  await bell.look(0);
  await listener.heard(1);
  await bell.look(5_000, { held: HELD, disk: { free: 1, total: 100 } });
  await listener.heard(2);
  await bell.look(10_000, { held: HELD, disk: { free: 2 ** 21, total: 2 ** 31 } });
  expect(listener.told).toEqual(["alert held:siem", "alert disk"]);
  expect(bell.warnings).toEqual([expect.stringContaining("alerts.json")]);
});

test("a webhook that had a word without saying so does not take it and one more for a repetition", async () => {
  await using server = await AnsweringServer.start();
  let refusals = 1;
  server.answer = (asked, response) => json({}, refusals-- > 0 ? 500 : 204)(asked, response);
  const bell = await aBell([webhookNotifier({ verify_tls: true, url: server.url, secret: "s3cret" }, () => 5_000)]);
  await bell.look(1_000);
  await eventually(async () => expect(server.asked).toHaveLength(1));
  await bell.look(2_000, { held: HELD, disk: { free: 1, total: 100 } });
  await eventually(async () => expect(server.asked).toHaveLength(2));
  const [first, second] = server.asked;
  expect(second?.body).toMatchObject({ alerts: [{ condition: "held:siem" }, { condition: "disk" }] });
  expect(second?.headers["webhook-id"]).not.toBe(first?.headers["webhook-id"]);
  // However many words there are, it has to find room in a header.
  expect(second?.headers["webhook-id"]).toMatch(/^[0-9a-f]{40}$/);
});

test("the webhook gets JSON that its secret signs, and its own wait is obeyed", async () => {
  await using server = await AnsweringServer.start();
  let refusals = 1;
  server.answer = (asked, response) => json({}, refusals-- > 0 ? 503 : 204, { "retry-after": "1" })(asked, response);
  const bell = await aBell([
    webhookNotifier({ verify_tls: true, url: `${server.url}/hook`, secret: "s3cret" }, () => 5_000),
  ]);
  await bell.look(1_000);
  await eventually(async () => expect(server.asked).toHaveLength(2));
  const [first, second] = server.asked;
  expect(second?.body).toEqual(first?.body);
  expect(second).toMatchObject({
    method: "POST",
    path: "/hook",
    headers: { "webhook-id": "held:siem@1000:alert:1000", "webhook-timestamp": "5" },
    body: { alerts: [{ kind: "alert", condition: "held:siem", since: "1970-01-01T00:00:01.000Z" }] },
  });
  const signed = `held:siem@1000:alert:1000.5.${JSON.stringify(second?.body)}`;
  const expected = createHmac("sha256", "s3cret").update(signed).digest("base64");
  expect(second?.headers["webhook-signature"]).toBe(`v1,${expected}`);
  expect(bell.warnings).toEqual(["TellLater: the webhook answered 503"]);
});

test("a webhook that does not answer is named without its address, and with the reason", async () => {
  const bell = await aBell([
    webhookNotifier({ verify_tls: true, url: "http://127.0.0.1:1/services/T0/secret" }, () => 0),
  ]);
  await bell.look(0);
  await eventually(async () => expect(bell.warnings).toEqual(["Error: the webhook gives no answer (ECONNREFUSED)"]));
});

test("a webhook that answers drop by drop is given up on, and told again", async () => {
  await using server = await AnsweringServer.start((_, response) => {
    response.writeHead(200);
    const drops = setInterval(() => response.write(" "), 20);
    response.on("close", () => clearInterval(drops));
  });
  const bell = await aBell([webhookNotifier({ verify_tls: true, url: server.url }, () => 0, 200)]);
  await bell.look(0);
  await eventually(async () => expect(bell.warnings).toEqual(["Error: the webhook does not answer"]));
});
