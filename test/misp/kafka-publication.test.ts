import { expect, test } from "vitest";
import { decode, KAFKA_PUBLICATION } from "../../src/misp/messages.ts";
import { aFrame, wireAttribute, wireEvent, wireEventOfAttribute } from "../support/frames.ts";

const tie = (name: string) => ({ id: "1", tag_id: "2", Tag: { id: "2", name } });

function told(action: string, parts: object = {}) {
  return decode(aFrame(KAFKA_PUBLICATION, { ...wireEvent(), ...parts, action }));
}

test.each(["publish", "manual_publish"])(
  "%s brings event, attributes and their tags, and is a hint that REST confirms",
  (action) => {
    const { Tag: _, ...row } = { Tag: [], ...wireAttribute() };
    const inObject = wireAttribute({ id: "9", uuid: "27d10ce3-5e0d-4f00-a532-ba690c0c2ad9" });
    const notices = told(action, {
      EventTag: [tie("tlp:green")],
      Attribute: [{ ...row, AttributeTag: [tie("apt")] }],
      Object: [{ Attribute: [inObject] }],
    });
    expect(notices).toMatchObject([
      { kind: "event", how: "snapshot", event: { tags: ["tlp:green"], creator: { name: "ORGNAME" } } },
      { kind: "attribute", how: "snapshot", attribute: { value: "evil.example", tags: ["apt"] } },
      { kind: "attribute", how: "snapshot", attribute: { id: 9 } },
      { kind: "published", id: 1 },
    ]);
  },
);

test("attributes of an object are as open as that is", () => {
  const notices = told("publish", {
    Object: [{ distribution: "0", Attribute: [wireAttribute({ distribution: "5" })] }],
  });
  expect(notices).toMatchObject([{}, { kind: "attribute", attribute: { distribution: 0 } }, {}]);
});

test("unpublish says so, whatever flag the event still carries", () => {
  const notices = told("unpublish", { Event: wireEventOfAttribute({ published: true }) });
  expect(notices).toMatchObject([{ kind: "event", how: "heard", event: { published: false } }]);
});

test("delete takes the event away", () => {
  expect(told("delete")).toMatchObject([{ kind: "event-deleted", id: 1 }]);
});

test("an action that nobody knows changes nothing, and a body without an event is kept as unreadable", () => {
  expect(told("frobnicate")).toEqual([]);
  expect(decode(aFrame(KAFKA_PUBLICATION, { action: "publish" }))).toMatchObject({ reason: "Event is not an object" });
});
