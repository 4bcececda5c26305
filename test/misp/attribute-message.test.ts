import fc from "fast-check";
import { expect, test } from "vitest";
import { eventOfAttribute, readAttributeMessage } from "../../src/misp/attribute-message.ts";
import { eventOf } from "../../src/misp/bodies.ts";
import { isObject } from "../../src/misp/coerce.ts";
import { wireAttribute, wireEventOfAttribute } from "../support/frames.ts";
import { hostileText } from "../support/hostile-text.ts";

function plainly(text: string): unknown {
  const body: unknown = JSON.parse(text);
  if (!isObject(body)) throw new Error("not an object");
  return body;
}

/** The value, or that there is none, and the order of its members. */
function outcome(read: () => unknown) {
  try {
    const value = read();
    return { value, text: JSON.stringify(value) };
  } catch {
    return "throws";
  }
}

function agreesOn(text: string) {
  const frame = Buffer.from(`topic ${text}`);
  const start = frame.indexOf(" ") + 1;
  expect(outcome(() => readAttributeMessage(frame, start))).toEqual(
    outcome(() => plainly(frame.toString("utf8", start))),
  );
}

const attribute = JSON.stringify(wireAttribute({}));
const event = JSON.stringify(wireEventOfAttribute());
const usual = `{"Attribute":${attribute},"Event":${event},"action":"add"}`;

const piece = fc.oneof(
  fc.constantFrom(
    `{"Attribute":${attribute}`,
    `,"Event":${event}`,
    `,"action":"edit"}`,
    `,"action":"add"}`,
    "{",
    "}",
    "[",
    "]",
    ",",
    '"',
    "\\",
    " ",
    ',"Event":{',
    '{"Event":{}',
    '{"Attribute":{}',
    '"a":1',
    '"__proto__":{"action":"delete"}',
    '"Event":5',
    '"Attribute":1',
    "\uFEFF",
  ),
  hostileText().map((text) => JSON.stringify(text)),
);
const message = fc.oneof(
  fc.constant(usual),
  hostileText().map((value) => JSON.stringify({ Attribute: { value }, Event: { info: value }, action: value })),
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join("")),
  fc
    .array(piece, { maxLength: 4 })
    .map((pieces) => `{"Attribute":${attribute}${pieces.join("")},"Event":${event},"action":"add"}`),
);

test("whatever comes, and whatever came before, is read as JSON.parse reads it", () => {
  fc.assert(
    fc.property(fc.array(message, { minLength: 1, maxLength: 6 }), (messages) => {
      for (const text of messages) agreesOn(text);
    }),
    { numRuns: 2_000 },
  );
});

test("the traps of reading in two parts: nothing before the comma, an event deeper within, a name given twice, a prototype", () => {
  const ending = `,"Event":${event},"action":"add"}`;
  for (const head of [
    "{",
    "{ ",
    "",
    "[",
    `{"Attribute":{"a":1`,
    `{"Attribute":1,`,
    `{"Event":2,"Attribute":1`,
    `{"Attribute":"`,
    "5",
    "{}",
  ]) {
    agreesOn(usual);
    agreesOn(head + ending);
  }
  agreesOn(`{"Attribute":1,"Event":{"a":1},"__proto__":{"polluted":1}}`);
  agreesOn(`{"Attribute":1,"Event":{"a":1},"Attribute":2,"Event":3}`);
  agreesOn(`{"Attribute":{"x":1,"Event":{"a":1}},"Event":{"a":1}}`);
  agreesOn(`${usual} `);
  agreesOn(`${usual}}`);
});

test("bytes that are not UTF-8 before the event are read as they are in the whole", () => {
  const frame = Buffer.concat([
    Buffer.from('{"Attribute":{},"a":"'),
    Buffer.from([0xe2, 0x82]),
    Buffer.from('","Event":{"a":1}}'),
  ]);
  for (let again = 0; again < 2; again++) {
    expect(readAttributeMessage(frame, 0)).toEqual(plainly(frame.toString("utf8")));
  }
});

test("an event that comes with attribute after attribute is read once, and anew when it changes", () => {
  const read = (text: string) => readAttributeMessage(Buffer.from(text), 0).Event;
  const first = read(usual);
  expect(read(usual.replace("evil.example", "good.example"))).toBe(first);
  const block = isObject(first) ? first : {};
  expect(eventOfAttribute(block)).toBe(eventOfAttribute(block));
  expect(eventOfAttribute(block)).toEqual(eventOf(block));

  const renamed = read(usual.replace(/"info":"[^"]*"/, '"info":"another name"'));
  expect(eventOfAttribute(isObject(renamed) ? renamed : {}).info).toBe("another name");
});
