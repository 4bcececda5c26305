import { once } from "node:events";
import { get, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { bodyOf } from "../../src/http/body.ts";
import { type Asked, WebServer } from "../../src/http/web-server.ts";
import { silent } from "../../src/log.ts";
import { ask } from "../support/a-web-page.ts";
import { anEntry } from "../support/entries.ts";
import { calm, eventually } from "../support/running-courier.ts";
import { apply } from "../targets/far-side.ts";
import { type Fronted, openFront } from "./a-front.ts";

const TOKEN = "correct-horse";
const DOMAINS = { domains: { types: ["domain"] } };

const basic = (password: string) => ({ authorization: `Basic ${Buffer.from(`who:${password}`).toString("base64")}` });

describe("a web server without a token", () => {
  test.each(["localhost", "127.0.0.1:8711", "127.1.2.3", "[::1]:8711"])("answers to the name %s", async (host) => {
    await using front = await openFront(DOMAINS);
    expect((await ask(front.url, { host })).status).toBe(200);
  });

  test.each(["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8711", "192.0.2.1", ":", "a b"])(
    "does not answer to %s, to which a name of the attacker's may have been turned",
    async (host) => {
      await using front = await openFront(DOMAINS);
      for (const path of ["", "healthz", "metrics", "live", "explain?value=a", "lists/domains.txt"]) {
        expect((await ask(front.url + path, { host })).status).toBe(421);
      }
    },
  );

  test("answers who speaks HTTP/1.0 and names no host, as the health checks of balancers do", async () => {
    await using front = await openFront(DOMAINS);
    const { hostname, port } = new URL(front.url);
    const line = connect(Number(port), hostname);
    line.end("GET /healthz HTTP/1.0\r\n\r\n");
    const answer = await text(line);
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(answer).toContain("the courier is starting");
  });

  test.each(["POST", "PUT", "DELETE", "OPTIONS"])("has nothing that %s could change", async (method) => {
    await using front = await openFront(DOMAINS);
    expect(await ask(front.url, {}, method)).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
  });

  test.each(["nothing", "../package.json", "%2e%2e/package.json", "page.css/", "//healthz", "lists/none.txt", "%"])(
    "has nothing at %s",
    async (path) => {
      await using front = await openFront(DOMAINS);
      expect((await ask(front.url + path)).status).toBe(404);
    },
  );

  test("lets no script and no style into the page but its own files, and nobody frame it", async () => {
    await using front = await openFront(DOMAINS);
    for (const path of ["", "page.js", "healthz", "nothing"]) {
      const { headers } = await ask(front.url + path);
      expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
      expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
      expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" });
    }
    expect((await ask(front.url)).text).not.toMatch(/<script(?![^>]* src=)|<style|\bstyle=|\bon\w+=|https?:/);
  });
});

test("a web server is soon there again for others after two hundred have connected and said nothing", async () => {
  await using front = await openFront(DOMAINS);
  const { hostname, port } = new URL(front.url);
  const silentLines = Array.from({ length: 200 }, () => connect(Number(port), hostname));
  onTestFinished(() => silentLines.forEach((line) => void line.destroy()));
  await Promise.all(silentLines.map((line) => once(line, "connect")));
  const status = () =>
    ask(front.url).then(
      (answer) => answer.status,
      () => "turned away",
    );
  expect(await status()).toBe("turned away");
  await expect.poll(status, { interval: 500 }).toBe(200);
});

test("a web server says nothing of those who hang up in the middle of what they send", async () => {
  const told: unknown[] = [];
  const log = { ...silent, error: (...words: unknown[]) => told.push(words) };
  let reading = false;
  let read: unknown;
  const answer = async ({ request }: Asked) => {
    reading = true;
    read = await bodyOf(request, 1_000).catch((error) => {
      read = error;
      throw error;
    });
  };
  const options = { listen: { host: "127.0.0.1", port: 0 }, token: undefined, log };
  await using web = await WebServer.open({ ...options, routes: [{ path: /\//, method: "POST", local: true, answer }] });
  const headers = { "content-type": "application/json", "content-length": "100" };
  const asked = request(web.url, { method: "POST", headers }).on("error", () => {});
  asked.write("{");
  await eventually(async () => expect(reading).toBe(true));
  asked.destroy();
  await eventually(async () => expect(read).toBeInstanceOf(Error));
  await calm();
  expect(told).toEqual([]);
});

describe("a web server with a token", () => {
  const open = () => openFront(DOMAINS, { listen: "0.0.0.0:0", token: TOKEN });

  test.each(["", "page.js", "metrics", "live", "explain?value=a", "lists/domains.txt", "nothing"])(
    "asks for it at /%s",
    async (path) => {
      await using front = await open();
      const wrong = [{}, { authorization: `Bearer ${TOKEN}x` }, { authorization: TOKEN }, basic(""), basic("wrong")];
      for (const headers of wrong) {
        const answer = await ask(reachable(front) + path, headers);
        expect(answer.status).toBe(401);
        expect(answer.text).not.toContain(TOKEN);
      }
    },
  );

  test("takes it as a bearer's, and as the password that browsers and firewalls show", async () => {
    await using front = await open();
    for (const headers of [{ authorization: `Bearer ${TOKEN}` }, basic(TOKEN)]) {
      expect((await ask(reachable(front), { ...headers, host: "courier.example.org" })).status).toBe(200);
    }
  });

  test("takes one that is not ASCII, as scripts and browsers write it", async () => {
    const token = "ein schönes Wort";
    await using front = await openFront(DOMAINS, { listen: "0.0.0.0:0", token });
    const bytes = Buffer.from(`Bearer ${token}`).toString("latin1");
    for (const headers of [{ authorization: bytes }, { authorization: `Bearer ${token}` }, basic(token)]) {
      expect((await ask(reachable(front), headers)).status).toBe(200);
    }
  });

  test("takes one that has spaces in it", async () => {
    const token = "a sentence that nobody guesses";
    await using front = await openFront(DOMAINS, { listen: "0.0.0.0:0", token });
    for (const headers of [
      { authorization: `Bearer ${token}` },
      { authorization: `bearer  ${token} ` },
      basic(token),
    ]) {
      expect((await ask(reachable(front), headers)).status).toBe(200);
    }
  });

  test("says in a line each how it can be shown: browsers that are asked for two in one line ask nobody", async () => {
    await using front = await open();
    const answer = await new Promise<IncomingMessage>((resolve) => get(reachable(front), resolve));
    const challenges = answer.headersDistinct["www-authenticate"];
    expect(challenges).toEqual(['Basic realm="misp-courier", charset="UTF-8"', 'Bearer realm="misp-courier"']);
    answer.resume();
  });

  test("tells everybody how it is", async () => {
    await using front = await open();
    expect((await ask(`${reachable(front)}healthz`)).status).toBe(503);
  });

  const reachable = ({ url }: Fronted) => url.replace("0.0.0.0", "127.0.0.1");
});

describe("a list over HTTP", () => {
  const path = "lists/domains.txt";
  const many = Array.from({ length: 200 }, (_, n) => anEntry({ value: `host-${n}.example` }));

  test("is not there, rather than empty, before anything is known", async () => {
    await using front = await openFront(DOMAINS);
    expect(await ask(front.url + path)).toMatchObject({ status: 503, headers: { "retry-after": "30" } });
  });

  test("is text in UTF-8 with its length, whole or, for HEAD, without its content", async () => {
    await using front = await openFront(DOMAINS);
    await apply({ ...front, ...unused }, { add: [anEntry({ value: "bücher.example" })] });
    const expected = { "content-type": "text/plain; charset=utf-8", "content-length": "16" };
    expect(await ask(front.url + path)).toMatchObject({ status: 200, headers: expected, text: "bücher.example\n" });
    expect(await ask(front.url + path, {}, "HEAD")).toMatchObject({ status: 200, headers: expected, text: "" });
  });

  test("is sent again only when it has changed", async () => {
    await using front = await openFront(DOMAINS);
    await apply({ ...front, ...unused }, { add: many });
    const etag = String((await ask(front.url + path)).headers.etag);
    for (const known of [etag, `"other", ${etag}`, `W/${etag}`, "*"]) {
      const answer = await ask(front.url + path, { "if-none-match": known });
      expect(answer).toMatchObject({ status: 304, headers: { etag }, text: "" });
    }
    await apply({ ...front, ...unused }, { remove: [many[0] ?? anEntry()] });
    const changed = await ask(front.url + path, { "if-none-match": etag });
    expect(changed.status).toBe(200);
    expect(changed.headers.etag).not.toBe(etag);
  });

  test("is compressed for who takes it, under a name of its own", async () => {
    await using front = await openFront(DOMAINS);
    await apply({ ...front, ...unused }, { add: many });
    const plain = await ask(front.url + path, { "accept-encoding": "gzip;q=0, br" });
    const packed = await ask(front.url + path, { "accept-encoding": "deflate, gzip" });
    expect(plain.headers["content-encoding"]).toBeUndefined();
    const anyOther = await ask(front.url + path, { "accept-encoding": "*, gzip;q=0" });
    expect(anyOther.headers["content-encoding"]).toBeUndefined();
    expect(packed.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(packed.body)).toEqual(plain.body);
    expect(packed.headers.etag).not.toBe(plain.headers.etag);
    expect(packed.headers.vary).toBe("Accept-Encoding");
    const again = await ask(front.url + path, {
      "accept-encoding": "gzip",
      "if-none-match": String(packed.headers.etag),
    });
    expect(again.status).toBe(304);
  });

  const unused = { held: async () => [], close: async () => {} };
});
