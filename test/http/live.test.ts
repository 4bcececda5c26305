import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Live } from "../../src/http/live.ts";
import { Watch } from "../../src/http/watch.ts";
import { silent } from "../../src/log.ts";
import { anAttribute } from "../support/an-attribute.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

const second = () => vi.advanceTimersByTimeAsync(1_000);

test("who watches over a slow line gets the beginning, however long, and is let go once behind with the rest", async () => {
  const watch = new Watch(Date.now, { heard: () => {}, delivered: () => {}, visible: () => {} });
  const hear = () => {
    const attribute = anAttribute({ type: "text", value: "a".repeat(1_500_000) });
    watch.heard([{ kind: "attribute", attribute, event: undefined, how: "add" }]);
    return second();
  };
  using live = new Live({ watch, log: silent, clock: Date.now, sources: () => undefined, lists: () => [] });
  await hear();
  // Without a socket nothing of it arrives.
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  await live.route.answer({ request, response, url: new URL("http://courier/live"), parts: [] });
  await second();
  await second();
  expect(response.destroyed).toBe(false);
  await hear();
  await second();
  expect(response.destroyed).toBe(true);
});
