import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { keyOf } from "../../src/model/indicator.ts";
import { standardWebhookHeaders } from "../../src/rest/standard-webhooks.ts";
import { webhook } from "../../src/targets/webhook.ts";
import { complaints } from "../config/configuration.ts";
import { aFolder } from "../support/a-folder.ts";
import { aDelta, anEntry, anOrigin } from "../support/entries.ts";
import { targetContract } from "./contract.ts";
import { apply, expectHeld } from "./far-side.ts";
import { type AWebhook, failing, NOW, openTarget, openWebhook, SECRET } from "./webhook/a-webhook.ts";

targetContract("webhook", {
  open: () => openWebhook(),
  trace: async ({ receiver }) => receiver.received.length,
  outage: async (far) => {
    failing(far, { status: 503, body: `no ${SECRET}` });
    return async () => failing(far, {}, 0);
  },
  unacceptable: [anEntry({ value: "" }), anEntry({ value: "\ud800" }), anEntry({ type: "a\udfff" })],
  freeTextType: "user-agent",
  secrets: [SECRET, SECRET.slice("whsec_".length), "t0ken-in-the-path"],
});

const one = anEntry({ value: "one.example", score: 70, expires: 1_900_000_000 });
const two = anEntry({ value: "two.example" });
const ids = ({ receiver }: AWebhook) => receiver.batches.map((events) => events.map(({ id }) => id));

describe("an event of a webhook target", () => {
  it("is a CloudEvent that tells what was done, of which indicator, and why it holds", async () => {
    const far = await openWebhook();
    await apply(far, { add: [one] });
    const key = keyOf(one);
    expect(JSON.parse(far.receiver.received[0]?.body.toString() ?? "")).toEqual([
      {
        specversion: "1.0",
        id: `${key}-${NOW}`,
        source: "urn:misp-courier:soar",
        type: "misp-courier.indicator.added",
        subject: key,
        time: "2023-11-14T22:13:20.000Z",
        sequence: `${NOW}`,
        datacontenttype: "application/json",
        data: {
          type: "domain",
          value: "one.example",
          score: 70,
          expires: "2030-03-17T17:46:40Z",
          origin_count: 1,
          origins: [
            {
              attribute_uuid: anOrigin().attributeUuid,
              category: "Network activity",
              comment: "",
              first_seen: null,
              last_seen: null,
              event: { id: 1, uuid: anOrigin().eventUuid, info: "A campaign", date: "2023-11-14" },
              organisation: "CIRCL",
              tags: [],
            },
          ],
        },
      },
    ]);
  });

  it("stands beside the others of its step in one request, removals first", async () => {
    const far = await openWebhook({ source: "/couriers/vienna" });
    await apply(far, { add: [anEntry({ value: "three.example" })], renew: [two], remove: [one] });
    const [batch] = far.receiver.batches;
    expect(far.receiver.received).toHaveLength(1);
    expect(batch?.map(({ type, data }) => [type, data.value])).toEqual([
      ["misp-courier.indicator.removed", "one.example"],
      ["misp-courier.indicator.renewed", "two.example"],
      ["misp-courier.indicator.added", "three.example"],
    ]);
    expect(batch?.[0]?.data).toEqual({ type: "domain", value: "one.example" });
    expect(new Set(batch?.map(({ source }) => source))).toEqual(new Set(["/couriers/vienna"]));
  });

  it("names the fifty newest origins and counts them all, in whatever order they come", async () => {
    const origins = Array.from({ length: 60 }, (_, n) =>
      anOrigin({ attributeUuid: `uuid-${n}`, timestamp: n, tags: ["tlp:green", "a"], comment: "\ud800" }),
    );
    const far = await openWebhook();
    const shown = webhook.shows(webhook.settings.parse({ url: far.receiver.url, secret: SECRET }));
    expect(shown({ ...one, origins })).toBe(shown({ ...one, origins: origins.toReversed() }));
    await apply(far, { add: [{ ...one, origins }] });
    const data = far.receiver.applied[0]?.data;
    expect(data).toMatchObject({ origin_count: 60 });
    expect(data?.origins).toHaveLength(50);
    expect(data?.origins).toMatchObject({
      0: { attribute_uuid: "uuid-59", tags: ["a", "tlp:green"], comment: "\ufffd" },
    });
  });

  it("tells no time that no calendar of four digits has", async () => {
    const far = await openWebhook();
    await apply(far, {
      add: [
        { ...one, expires: 8e12 },
        { ...two, expires: 9e99 },
      ],
    });
    expect(far.receiver.applied.map(({ data }) => data.expires)).toEqual([null, null]);
  });
});

describe("the id of an event", () => {
  it("stays with a repetition, whose batch has its id, too, but the time of its own", async () => {
    const far = await openWebhook();
    failing(far, { hangUp: true, after: true }, 1);
    await expect(apply(far, { add: [one, two] })).rejects.toMatchObject({ name: "NotNow" });
    far.later.by = 60_000;
    await apply(far, { add: [one, two] });
    const [first, second] = far.receiver.received;
    expect(second?.body.equals(first?.body ?? Buffer.alloc(0))).toBe(true);
    expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
    expect(second?.headers["webhook-timestamp"]).toBe(`${NOW / 1000 + 60}`);
    expect(far.receiver.applied).toHaveLength(2);
  });

  it("stays across a restart of the courier, and when the repetition comes in other portions", async () => {
    const far = await openWebhook();
    failing(far, { hangUp: true, after: true }, 1);
    await expect(apply(far, { add: [one, two] })).rejects.toMatchObject({ name: "NotNow" });
    await far.target.close?.();
    const target = await openTarget({ url: far.receiver.url }, far);
    await target.apply(aDelta({ add: [two] }), new AbortController().signal);
    await target.apply(aDelta({ add: [one] }), new AbortController().signal);
    await target.close?.();
    const [both, again, too] = ids(far);
    expect([too, again].flat()).toEqual(both);
    expect(new Set(far.receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(3);
  });

  it("never comes back for another change, even when it says what was said before", async () => {
    const far = await openWebhook();
    const worth = (score: number) => ({ ...one, score });
    await apply(far, { add: [one] });
    await apply(far, { remove: [one] });
    await apply(far, { add: [one] });
    for (const score of [60, 70, 60]) await apply(far, { renew: [worth(score)] });
    expect(new Set(ids(far).flat()).size).toBe(6);
    expect(far.receiver.applied).toHaveLength(6);
    const sequence = far.receiver.applied.map((event) => event.sequence);
    expect(sequence).toEqual(sequence.toSorted());
    await expectHeld(far, [one]);
  });

  it("is another one a week later, since nothing is remembered for ever", async () => {
    const far = await openWebhook();
    await apply(far, { add: [one] });
    far.later.by = 7 * 86_400_000 + 1;
    await apply(far, { add: [two] });
    await apply(far, { add: [one] });
    expect(new Set(ids(far).flat()).size).toBe(3);
  });
});

describe("a batch that is too large", () => {
  it("for max_bytes is not sent, so that delivery halves it; a single event always is", async () => {
    const far = await openWebhook({ max_bytes: 1_000 });
    const long = anEntry({ value: "long.example", origins: [anOrigin({ comment: "x".repeat(2_000) })] });
    await expect(apply(far, { add: [long, two] })).rejects.toMatchObject({ name: "Refused" });
    expect(far.receiver.received).toEqual([]);
    await apply(far, { add: [long] });
    await expectHeld(far, [long]);
  });
});

it("a batch goes to the address just as it is written, with its last slash and its query", async () => {
  const far = await openWebhook();
  const target = await openTarget({ url: `${far.receiver.url}?tenant=a/` }, far);
  await target.apply(aDelta({ add: [one] }), new AbortController().signal);
  await target.close?.();
  await apply(far, { add: [one] });
  expect(far.receiver.received.map(({ path }) => path)).toEqual([
    "/hooks/t0ken-in-the-path/?tenant=a/",
    "/hooks/t0ken-in-the-path/",
  ]);
});

it("a webhook cannot be read back", async () => {
  expect((await openWebhook()).target.list).toBeUndefined();
});

it("the place of a webhook tells nothing of its address, and does not depend on its secret", () => {
  const place = (settings: object) => webhook.place(webhook.settings.parse({ secret: SECRET, ...settings }));
  const here = place({ url: "https://soar.example/hooks/t0ken" });
  expect(here).not.toMatch(/soar|t0ken/);
  expect(place({ url: "https://soar.example/hooks/t0ken", secret: [SECRET, SECRET], timeout: 5 })).toBe(here);
  expect(place({ url: "https://soar.example/hooks/other" })).not.toBe(here);
});

describe("the signature of a batch", () => {
  it("is the one that the libraries of Standard Webhooks make", () => {
    const id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"];
    expect(standardWebhookHeaders({ id, secrets, now: 1_614_265_330_999 }, '{"test": 2432232314}')).toEqual({
      "webhook-id": id,
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
  });

  it("is there for each of several secrets, so that a receiver may know the old one or the new", async () => {
    const other = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
    const far = await openWebhook({ secret: [other, SECRET] });
    await apply(far, { add: [one] });
    const [received] = far.receiver.received;
    expect(received && [other, SECRET].map((secret) => far.receiver.verifies(received, secret))).toEqual([true, true]);
  });

  it("that the receiver does not know is a wait of five minutes", async () => {
    const far = await openWebhook({ secret: `whsec_${Buffer.alloc(24, 7).toString("base64")}` });
    await expect(apply(far, { add: [one] })).rejects.toMatchObject({ name: "NotNow", wait: 300_000 });
    await expectHeld(far, []);
  });

  it("is verified by the example of the documentation, which takes nothing that was changed, and nothing old", async () => {
    const far = await openWebhook();
    await apply(far, { add: [one] });
    const isGenuine = await exampleOfThePage();
    const { headers = {}, body = Buffer.alloc(0) } = far.receiver.received[0] ?? {};
    expect(isGenuine(headers, body, SECRET, NOW / 1000)).toBe(true);
    expect(isGenuine(headers, Buffer.concat([body, Buffer.from(" ")]), SECRET, NOW / 1000)).toBe(false);
    expect(isGenuine({ ...headers, "webhook-id": "msg_other" }, body, SECRET, NOW / 1000)).toBe(false);
    expect(isGenuine(headers, body, SECRET, NOW / 1000 + 301)).toBe(false);
    expect(isGenuine({}, body, SECRET, NOW / 1000)).toBe(false);
  });
});

it.each(["hunter2", "whsec_hunter2", "whsec_aHVudGVyMg==", "whsec_", `${SECRET}=`])(
  "the secret %s is refused, and not repeated",
  (secret) => {
    const told = complaints(`misp: {url: https://misp.example.org, key: k3y}
targets: {soar: {type: webhook, url: "https://soar.example/", secret: "${secret}"}}
`);
    expect(told).toEqual([expect.stringMatching(/^2 targets\.soar\.secret: must be whsec_ and 24 to 64 random bytes/)]);
    expect(told.join()).not.toMatch(/hunter2|aHVud/);
  },
);

type IsGenuine = (headers: object, body: Buffer, secret: string, now: number) => boolean;

async function exampleOfThePage(): Promise<IsGenuine> {
  const page = readFileSync(new URL("../../docs/targets/WEBHOOK.md", import.meta.url), "utf8");
  const file = join(aFolder(), "example.mjs");
  writeFileSync(file, /```js\n(.*?)```/s.exec(page)?.[1] ?? "");
  const { isGenuine } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { isGenuine: IsGenuine };
  return isGenuine;
}
