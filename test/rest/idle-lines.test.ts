import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { Rest } from "../../src/rest/rest.ts";

const file = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));

test("a line that was idle for a while is let go of, however long the far side keeps it, and slow answers are waited for", async () => {
  const identity = { key: readFileSync(file("loopback.key")), cert: readFileSync(file("loopback.pem")) };
  const server = createServer({ ...identity, keepAliveTimeout: 600_000 }, (_, response) => {
    setTimeout(() => response.end("{}"), 200);
  });
  const left = new Promise((resolve) =>
    server.on("secureConnection", (socket) => socket.once("close", () => resolve("left"))),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const rest = new Rest({ url, headers: {}, verify_tls: true, ca_file: file("loopback.pem"), timeout: 5 }, 50);
  expect((await rest.request({ method: "GET", path: "/x" })).status).toBe(200);
  expect(await left).toBe("left");
});
