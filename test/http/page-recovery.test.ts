import { once } from "node:events";
import { createServer, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { Browser, chromiumOnThisMachine } from "../support/a-browser.ts";
import { eventually } from "../support/running-courier.ts";
import { startWatched } from "./a-watched-courier.ts";

const program = chromiumOnThisMachine();

describe.runIf(program)("the page in Chromium, behind a web server,", () => {
  test("finds its courier again after answers that were not the courier's", async () => {
    await using scene = await aScene();
    await scene.shows("MISP is heard");
    scene.relay.passing = false;
    scene.relay.cut();
    await scene.shows("No connection to the courier");
    await scene.later();
    await eventually(async () => expect(scene.relay.refused).toBeGreaterThan(0));
    scene.relay.passing = true;
    await scene.later();
    await scene.shows("MISP is heard");
  }, 60_000);

  test("calls what it last heard of the rest just that while there is no courier", async () => {
    await using scene = await aScene();
    await scene.shows("MISP is heard");
    const chips = () =>
      scene.browser.evaluate("[...document.querySelectorAll('#chips .chip')].map(({ innerText }) => innerText)");
    const caughtUp = expect.stringMatching(/^Caught up at \d\d:\d\d$/);
    await eventually(async () => expect(await chips()).toEqual(["MISP is heard", caughtUp, "Targets in step"]));
    scene.relay.passing = false;
    scene.relay.cut();
    await scene.shows("No connection to the courier");
    const asItWas = expect.stringMatching(/^Last known: Caught up at \d\d:\d\d$/);
    expect((await chips()) as string[]).toEqual([expect.anything(), asItWas, "Last known: Targets in step"]);
    expect(await scene.browser.evaluate("document.querySelectorAll('#chips [data-state=good]').length")).toBe(0);
    scene.relay.passing = true;
    await scene.later();
    await scene.shows("MISP is heard");
    expect(await chips()).toEqual(["MISP is heard", caughtUp, "Targets in step"]);
  }, 60_000);

  test("keeps what somebody has stopped to read where the courier was away meanwhile", async () => {
    await using scene = await aScene();
    await scene.shows("MISP is heard");
    await scene.browser.evaluate("document.getElementById('pause').click()");
    await scene.browser.evaluate("document.getElementById('heard').append('What is being read.')");
    scene.relay.passing = false;
    scene.relay.cut();
    await scene.shows("No connection to the courier");
    scene.relay.passing = true;
    await scene.later();
    await scene.shows("MISP is heard");
    expect(await scene.browser.evaluate("document.getElementById('heard').innerText")).toContain("What is being read.");
  }, 60_000);

  test("does not take a line on which nothing comes any more for a courier that is well", async () => {
    await using scene = await aScene();
    await scene.shows("MISP is heard");
    scene.relay.stall();
    await scene.later();
    await scene.shows("No connection to the courier");
    scene.relay.stalled = false;
    await scene.later();
    await scene.shows("MISP is heard");
  }, 60_000);

  test("keeps no line while nobody looks at it, of which a browser has six in all its tabs", async () => {
    await using scene = await aScene();
    await scene.shows("MISP is heard");
    expect(scene.relay.watched).toBe(1);
    const look = (hidden: boolean) =>
      scene.browser.evaluate(`Object.defineProperty(document, "hidden", { value: ${hidden}, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"))`);
    await look(true);
    await eventually(async () => expect(scene.relay.watched).toBe(0));
    await scene.later();
    await scene.browser.evaluate("document.getElementById('feed').textContent = ''");
    await look(false);
    await scene.shows("MISP is heard");
    expect(scene.relay.watched).toBe(1);
  }, 60_000);

  test("asks and does from an address with the password in it, too", async () => {
    await using scene = await aScene("page:let-me-in@");
    await scene.shows("MISP is heard");
    await scene.browser.evaluate("document.getElementById('value').value = 'nobody.example'");
    await scene.browser.evaluate("document.getElementById('explain').requestSubmit()");
    await eventually(async () =>
      expect(await scene.browser.evaluate("document.getElementById('explanation').innerText")).toBe(
        "nobody.example was never heard of.",
      ),
    );
  });
});

if (!program) {
  test("the page in Chromium", ({ skip }) => skip("there is no Chromium on this machine; CHROMIUM may name one"));
}

/** A web server in front of a courier. */
class Relay implements AsyncDisposable {
  passing = true;
  stalled = false;
  refused = 0;
  readonly #lines = new Set<ServerResponse>();
  readonly #server;

  constructor(courier: string) {
    this.#server = createServer(({ url, headers }, response) => {
      if (!this.passing) {
        this.refused += 1;
        response.writeHead(502).end("there is nobody");
        return;
      }
      if (this.stalled) return;
      this.#lines.add(response);
      const { host } = new URL(courier);
      const asked = request(new URL(url ?? "", courier), { headers: { ...headers, host } }, (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      });
      asked.on("error", () => response.destroy()).end();
      response.once("close", () => asked.destroy());
    });
  }

  async open(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** On how many of its lines there is still something to come. */
  get watched(): number {
    return [...this.#lines].filter(({ destroyed, writableEnded }) => !destroyed && !writableEnded).length;
  }

  cut(): void {
    for (const line of this.#lines) line.destroy();
  }

  /** Passes on no more of what was asked for until now, and answers nobody else. */
  stall(): void {
    this.stalled = true;
    for (const line of this.#lines) line.write = () => true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A browser that looks at a courier by way of a relay. */
async function aScene(password = "") {
  const watched = await startWatched();
  const relay = new Relay(watched.url);
  const address = await relay.open();
  const browser = await Browser.open(program ?? "");
  await browser.go(`http://${password}${address}/`);
  return {
    relay,
    browser,
    /** Sets the page's clock ahead by ten seconds. */
    later: () => browser.evaluate("Date.now = ((now) => () => now() + 10_000)(Date.now)"),
    shows: (text: string) =>
      eventually(async () => expect(await browser.evaluate("document.getElementById('feed')?.innerText")).toBe(text)),
    [Symbol.asyncDispose]: async () => {
      for (const one of [browser, relay, watched]) await one[Symbol.asyncDispose]();
    },
  };
}
