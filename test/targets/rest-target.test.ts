import { expect, it } from "vitest";
import { openRest, restKeys } from "../../src/targets/rest-target.ts";
import { type Answer, AnsweringServer, text } from "../support/answering-server.ts";

const context = { name: "siem", resolve: (path: string) => path, state: "", clock: Date.now };

const dropByDrop: Answer = (_, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  const drops = setInterval(() => response.write(" "), 20);
  response.on("close", () => clearInterval(drops));
};

it("an answer that comes drop by drop takes no longer than any other may", async () => {
  await using server = await AnsweringServer.start(dropByDrop);
  const ask = openRest({ url: server.url, verify_tls: true, timeout: restKeys.timeout.parse(0.2) }, {}, context);
  const asked = ask({ method: "GET", path: "/" }, new AbortController().signal);
  await expect(asked).rejects.toMatchObject({ name: "NotNow", message: "no answer within 0.2 seconds" });
});

it("a proxy that wants a login is told as that, whatever the far side would mean by it", async () => {
  await using server = await AnsweringServer.start(text("who are you?", 407));
  const ask = openRest({ url: "http://siem.example", proxy: server.url, verify_tls: true, timeout: 5 }, {}, context);
  const asked = ask({ method: "GET", path: "/" }, new AbortController().signal);
  await expect(asked).rejects.toMatchObject({
    name: "NotNow",
    message: expect.stringContaining("the proxy wants a login"),
  });
});

it.each([
  ["socks5://proxy.example:1080", false],
  ["http://proxy.example:3128", true],
])("a proxy that is reached by %s is a mistake unless it is one of HTTP", (proxy, isRight) => {
  expect(restKeys.proxy.safeParse(proxy).success).toBe(isRight);
});
