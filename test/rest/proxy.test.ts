import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { Rest } from "../../src/rest/rest.ts";

/** What a proxy at this address hears of a request that is to go through it. */
async function heardBy(host: string, login = ""): Promise<{ url: string | undefined; headers: IncomingHttpHeaders }[]> {
  const heard: { url: string | undefined; headers: IncomingHttpHeaders }[] = [];
  const proxy = createServer(({ url, headers }, response) => {
    heard.push({ url, headers });
    response.end("{}");
  });
  await new Promise<void>((resolve) => proxy.listen(0, host.replace(/[[\]]/g, ""), resolve));
  onTestFinished(() => void proxy.close());
  const { port } = proxy.address() as AddressInfo;
  const way = { proxy: `http://${login}${host}:${port}`, verify_tls: true, timeout: 5 };
  await new Rest({ url: "http://far.example", headers: {}, ...way }).request({ method: "GET", path: "/x" });
  return heard;
}

test("a proxy at an IPv6 address is reached", async () => {
  expect(await heardBy("[::1]")).toMatchObject([{ url: "http://far.example/x" }]);
});

test("a proxy is shown a password with a % in it that encodes nothing", async () => {
  const shown = `Basic ${Buffer.from("us er:50%p@ss").toString("base64")}`;
  expect(await heardBy("127.0.0.1", "us%20er:50%p%40ss@")).toMatchObject([
    { headers: { "proxy-authorization": shown } },
  ]);
});
