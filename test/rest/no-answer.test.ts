import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { type AddressInfo, createServer as createNetServer } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Rest } from "../../src/rest/rest.ts";

const file = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
const certificate = file("loopback.pem");
const identity = { key: readFileSync(file("loopback.key")), cert: readFileSync(certificate) };
const server = createServer(identity, (_, response) => response.end("{}"));

beforeAll(() => new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve)));
afterAll(() => server.closeAllConnections());
afterAll(() => void server.close());

function ask(settings: { host?: string; scheme?: string; ca_file?: string } = {}) {
  const { host = "127.0.0.1", scheme = "https", ...trust } = settings;
  const url = `${scheme}://${host}:${(server.address() as AddressInfo).port}`;
  return new Rest({ url, headers: {}, verify_tls: true, timeout: 5, ...trust }).request({ method: "GET", path: "/x" });
}

test("a certificate that nobody vouches for is refused, with the key that says whom to trust", async () => {
  await expect(ask()).rejects.toThrow(/no answer at \/x \([A-Z_]+: .*signed by nobody .*ca_file/);
  expect((await ask({ ca_file: certificate })).status).toBe(200);
});

test("a certificate for another host is refused as that", async () => {
  await expect(ask({ host: "127.0.0.2", ca_file: certificate })).rejects.toThrow(/for another host name/);
});

test("a name that does not exist is called so", async () => {
  const rest = new Rest({ url: "http://nobody.invalid", headers: {}, verify_tls: true, timeout: 5 });
  await expect(rest.request({ method: "GET", path: "" })).rejects.toThrow(/no answer \(E\w+: .*host name/);
});

test("a server that says nothing is told as that, not as a line that was cut", async () => {
  const silent = createNetServer();
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const url = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const rest = new Rest({ url, headers: {}, verify_tls: true, timeout: 0.1 });
  await expect(rest.request({ method: "GET", path: "" })).rejects.toThrow(
    /no answer \(\w+: nothing came within the timeout/,
  );
  silent.close();
});
