import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EventDesk } from "../../src/misp/event-desk.ts";
import { Inquiries, type InquiriesOptions, type Inquiry } from "../../src/misp/inquiries.ts";
import type { Notice } from "../../src/model/notice.ts";
import { aClient } from "../support/a-client.ts";
import { type Answer, AnsweringServer, json, text } from "../support/answering-server.ts";
import { wireAttribute, wireEventOfAttribute } from "../support/frames.ts";
import { eventually } from "../support/running-courier.ts";

const UUID = "0e235bbc-2689-4a01-8c22-23879545607c";
const refusal = json({ message: "no" }, 403);

let server: AnsweringServer;
let stop: AbortController;
let answers: { notices: Notice[]; asked: number }[];
let failures: unknown[];

beforeEach(async () => {
  server = await AnsweringServer.start();
  stop = new AbortController();
  answers = [];
  failures = [];
});
afterEach(async () => {
  stop.abort();
  await server[Symbol.asyncDispose]();
});

/** Asks the server, with waits of a few milliseconds in place of seconds. */
function inquiries(options: Partial<InquiriesOptions> = {}): Inquiries {
  const client = aClient(server.url);
  return new Inquiries({
    client,
    desk: new EventDesk(client, stop.signal),
    signal: stop.signal,
    clock: () => server.asked.length,
    answer: async (notices, asked) => void answers.push({ notices, asked }),
    failed: (_, error) => void failures.push(error),
    pace: { again: [1, 2, 3], patience: { first: 1, most: 4 } },
    ...options,
  });
}

function about(facts: Partial<Inquiry> = {}): Inquiry {
  return { eventId: 1, uuid: UUID, whole: false, published: false, ...facts };
}

function found(columns: object = {}): Answer {
  return json({ response: [{ Event: wireEventOfAttribute({ ...columns }) }] });
}

/** Answers with one after the other, and with the last one from then on. */
function inTurn(...given: [Answer, ...Answer[]]): Answer {
  let turn = 0;
  return (asked, response) => {
    const answer = given[Math.min(turn, given.length - 1)] ?? given[0];
    turn += 1;
    answer(asked, response);
  };
}

async function settled(asking: Inquiries): Promise<void> {
  await vi.waitFor(() => expect(asking.size).toBe(0), { timeout: 20_000, interval: 5 });
}

describe("a question", () => {
  test("is asked once, and its answer comes with the time at which it was asked", async () => {
    server.answer = found();
    const asking = inquiries();
    asking.ask(about());
    await settled(asking);
    expect(answers).toMatchObject([{ asked: 0, notices: [{ kind: "event", how: "answer" }] }]);
    expect(server.asked).toHaveLength(1);
  });

  test("about something that is said to be published is asked until REST knows of it", async () => {
    server.answer = inTurn(found(), found(), found({ published: true }));
    const asking = inquiries();
    asking.ask(about({ published: true }));
    await settled(asking);
    expect(server.asked).toHaveLength(3);
    expect(answers).toHaveLength(3);
    expect(answers.at(-1)).toMatchObject({ asked: 2, notices: [{ event: { published: true } }] });
  });

  test("is let go of when REST never comes to know of it, as after a push by hand", async () => {
    server.answer = found();
    const asking = inquiries();
    asking.ask(about({ published: true }));
    await settled(asking);
    expect(server.asked).toHaveLength(4);
    expect(failures).toEqual([]);
  });

  test("about an event that MISP does not have answers nothing", async () => {
    server.answer = inTurn(json({ response: [] }), json({ name: "Invalid event" }, 404));
    const asking = inquiries();
    asking.ask(about());
    await settled(asking);
    expect([answers, failures]).toEqual([[], []]);
  });

  test("of the whole event brings its attributes", async () => {
    server.answer = found({ id: "7", attribute_count: "1", Attribute: [wireAttribute()] });
    const asking = inquiries();
    asking.ask(about({ whole: true, uuid: undefined, eventId: 7 }));
    await settled(asking);
    expect(answers).toMatchObject([{ notices: [{ kind: "event" }, { kind: "attribute" }, { kind: "contents" }] }]);
    expect(server.asked).toHaveLength(1);
  });
});

describe("of one event", () => {
  test("however often it comes up meanwhile, one more question follows, which asks for all that came up", async () => {
    let release = () => {};
    server.answer = (asked, response) => {
      release = () => found()(asked, response);
    };
    const asking = inquiries();
    asking.ask(about());
    await eventually(async () => expect(server.asked).toHaveLength(1));
    asking.ask(about({ whole: true }));
    asking.ask(about());
    asking.ask(about());
    expect(asking.size).toBe(1);
    server.answer = found({ attribute_count: "1", Attribute: [wireAttribute()] });
    release();
    await settled(asking);
    expect(server.asked).toHaveLength(2);
    expect(answers.at(-1)).toMatchObject({ notices: [{ kind: "event" }, { kind: "attribute" }, { kind: "contents" }] });
  });

  test("a refusal does not keep it from being asked about later", async () => {
    server.answer = inTurn(refusal, found());
    const asking = inquiries();
    asking.ask(about());
    await settled(asking);
    asking.ask(about());
    await settled(asking);
    expect(failures).toMatchObject([{ meaning: "forbidden" }]);
    expect(answers).toHaveLength(1);
  });
});

test("of many events a few are asked about at a time", async () => {
  let open = 0;
  let most = 0;
  server.answer = (asked, response) => {
    open += 1;
    most = Math.max(most, open);
    setImmediate(() => {
      open -= 1;
      found()(asked, response);
    });
  };
  const asking = inquiries();
  for (let eventId = 1; eventId <= 40; eventId += 1) asking.ask(about({ eventId, uuid: undefined }));
  expect(asking.size).toBe(40);
  await settled(asking);
  expect(server.asked).toHaveLength(40);
  expect(most).toBeLessThanOrEqual(4);
});

describe("a MISP that cannot answer now", () => {
  test("is asked again until it can, and nothing is given up", async () => {
    const down = json({ name: "An Internal Error Has Occurred." }, 500);
    server.answer = inTurn(down, text("<html>"), text("", 302), json({ message: "limit" }, 429), down, down, found());
    const asking = inquiries();
    asking.ask(about());
    await settled(asking);
    expect(answers).toHaveLength(1);
    expect(failures).toEqual([]);
  });

  test("is not waited for once the courier stops", async () => {
    server.answer = json({}, 500);
    const asking = inquiries({ pace: { again: [], patience: { first: 60_000, most: 60_000 } } });
    asking.ask(about());
    await eventually(async () => expect(server.asked).toHaveLength(1));
    stop.abort();
    await settled(asking);
    expect([answers, failures]).toEqual([[], []]);
  });
});

test("an answer that cannot be taken in is reported with its question", async () => {
  server.answer = found();
  const failed = vi.fn();
  const asking = inquiries({ failed, answer: () => Promise.reject(new Error("disk full")) });
  asking.ask(about());
  await settled(asking);
  expect(failed.mock.calls).toMatchObject([[{ uuid: UUID }, { message: "disk full" }]]);
});
