import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { webhookNotifier } from "../../src/alerts/webhook.ts";
import { AnsweringServer, json } from "../support/answering-server.ts";
import { aWord } from "./a-word.ts";

const file = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
const identity = { key: readFileSync(file("loopback.key"), "utf8"), cert: readFileSync(file("loopback.pem"), "utf8") };

test("a webhook with a certificate of its own is trusted by its ca_file, or unseen, and not otherwise", async () => {
  await using server = await AnsweringServer.start(json({}), identity);
  const tell = (trust: { verify_tls: boolean; ca_file?: string }) =>
    webhookNotifier({ url: server.url, ...trust }, () => 0).tell([aWord()], new AbortController().signal);
  await expect(tell({ verify_tls: true })).rejects.toThrow(/the webhook gives no answer .*ca_file names whom to trust/);
  expect(server.asked).toEqual([]);
  await tell({ verify_tls: true, ca_file: file("loopback.pem") });
  await tell({ verify_tls: false });
  expect(server.asked).toHaveLength(2);
});
