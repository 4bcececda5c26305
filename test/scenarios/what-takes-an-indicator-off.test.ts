import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SightingType } from "../../src/model/misp.ts";
import { calm, RunningCourier } from "../support/running-courier.ts";

const DAY = 86_400_000;

describe("what takes an indicator off, and what brings it back", () => {
  let courier: RunningCourier;
  /** Milliseconds that the clock is ahead of the real one. */
  let ahead = 0;

  beforeEach(() => {
    ahead = 0;
  });

  afterEach(() => courier[Symbol.asyncDispose]());

  async function start(settings: Record<string, unknown> = {}) {
    courier = await RunningCourier.start(settings, { clock: () => Date.now() + ahead });
  }

  /** A published event with these domains, which the list then holds. */
  async function held(...values: string[]) {
    const attributes = values.map((value) => ({ type: "domain", value }));
    const event = courier.misp.addEvent({ info: values.join(" "), attributes });
    courier.misp.publish(event.id);
    await courier.listed("domain", ...values);
    return {
      event: event.id,
      attributes: event.attributes.map(({ id }) => id),
      attribute: event.attributes[0]?.id ?? 0,
    };
  }

  test("soft delete; a restore brings it back with the next publication", async () => {
    await start();
    const { event, attribute } = await held("a.example", "b.example");
    courier.misp.softDelete(attribute);
    await courier.listed("domain", "b.example");
    courier.misp.restore(attribute);
    await calm();
    await courier.listed("domain", "b.example");
    courier.misp.publish(event);
    await courier.listed("domain", "a.example", "b.example");
  });

  test("hard delete, whose message is a bare row without an event", async () => {
    await start();
    const { attribute } = await held("a.example", "b.example");
    courier.misp.hardDelete(attribute);
    await courier.listed("domain", "b.example");
  });

  test("event deleted, which is one message without attributes", async () => {
    // As shipped, the guard would hold an event that is all there is on a list.
    await start({ guard: { max_removed: { percent: 100 } } });
    const { event } = await held(...Array.from({ length: 700 }, (_, n) => `host-${n}.example`));
    courier.misp.deleteEvent(event);
    await courier.listed("domain");
  });

  test("to_ids cleared; set again, it waits for the next publication", async () => {
    await start();
    const { event, attribute } = await held("a.example");
    courier.misp.editAttribute(attribute, { toIds: false });
    await courier.listed("domain");
    courier.misp.editAttribute(attribute, { toIds: true });
    await calm();
    await courier.listed("domain");
    courier.misp.publish(event);
    await courier.listed("domain", "a.example");
  });

  test("value edited: the old one off at once, the new one on with the next publication", async () => {
    await start();
    const { event, attribute } = await held("old.example");
    courier.misp.editAttribute(attribute, { value: "new.example" });
    await courier.listed("domain");
    courier.misp.publish(event);
    await courier.listed("domain", "new.example");
  });

  test("tag change that the filter turns on; without the tag it is back", async () => {
    await start({ filter: [{ not: { tags: ["tlp:RED"] } }] });
    const { event, attribute } = await held("a.example", "b.example");
    courier.misp.tagEvent(event, "tlp:red", { local: true });
    await courier.listed("domain");
    courier.misp.untagEvent(event, "tlp:red");
    await courier.listed("domain", "a.example", "b.example");
    courier.misp.tagAttribute(attribute, "tlp:red", { local: true });
    await courier.listed("domain", "b.example");
  });

  test("exception comment added; taken away, it is back with the next publication", async () => {
    await start();
    const { event, attribute } = await held("a.example");
    courier.misp.editAttribute(attribute, { comment: "a soc exception, ask Ada" });
    await courier.listed("domain");
    courier.misp.editAttribute(attribute, { comment: "" });
    courier.misp.publish(event);
    await courier.listed("domain", "a.example");
  });

  test("exception tag added", async () => {
    await start({ indicators: { exceptions: { tags: ["soc:exception*"] } } });
    const { attribute } = await held("a.example");
    courier.misp.tagAttribute(attribute, 'SOC:exception="us"', { local: true });
    await courier.listed("domain");
  });

  test("false-positive sighting; a later thumbs-up, or deleting the sighting, brings it back", async () => {
    await start();
    const { attribute } = await held("a.example");
    const [down] = courier.misp.sight(attribute, { type: SightingType.falsePositive });
    await courier.listed("domain");
    courier.misp.deleteSighting(down?.id ?? 0);
    await courier.listed("domain", "a.example");
    courier.misp.sight(attribute, { type: SightingType.falsePositive });
    await courier.listed("domain");
    ahead += 2_000;
    courier.misp.sight(attribute, { type: SightingType.seen });
    await courier.listed("domain", "a.example");
  });

  test("false-positive sighting of one attribute counts for its value everywhere", async () => {
    await start();
    const first = await held("a.example");
    const second = courier.misp.addEvent({ info: "second", attributes: [{ type: "hostname", value: "A.example" }] });
    courier.misp.publish(second.id);
    await courier.listed("hostname", "a.example");
    courier.misp.sight(first.attribute, { type: SightingType.falsePositive });
    await courier.listed("domain");
    await courier.listed("hostname");
  });

  test("false-positive sighting of a composite counts for that support only", async () => {
    await start();
    await held("pair.example");
    const pair = courier.misp.addEvent({
      info: "pair",
      attributes: [{ type: "domain|ip", value: "pair.example|192.0.2.7" }],
    });
    courier.misp.publish(pair.id);
    await courier.listed("ip", "192.0.2.7");
    courier.misp.sight(pair.attributes[0]?.id ?? 0, { type: SightingType.falsePositive });
    await courier.listed("ip");
    expect(await courier.list("domain")).toEqual(["pair.example"]);
  });

  test("expiration sighting; a later thumbs-up brings it back", async () => {
    await start();
    const { attribute } = await held("a.example");
    courier.misp.sight(attribute, { type: SightingType.expired });
    await courier.listed("domain");
    ahead += 2_000;
    courier.misp.sight(attribute, { type: SightingType.seen });
    await courier.listed("domain", "a.example");
  });

  test("TTL ran out; a thumbs-up renews it from its date", async () => {
    await start({ indicators: { ttl: { domain: "10d", hostname: "9d" } } });
    const { attribute } = await held("a.example");
    const other = courier.misp.addEvent({ info: "sooner", attributes: [{ type: "hostname", value: "b.example" }] });
    courier.misp.publish(other.id);
    await courier.listed("hostname", "b.example");
    ahead = 9 * DAY + 2_000;
    // What has come due is looked for once a second: by now it was.
    await courier.listed("hostname");
    await calm();
    expect(await courier.list("domain")).toEqual(["a.example"]);
    ahead = 10 * DAY + 2_000;
    await courier.listed("domain");
    courier.misp.sight(attribute, { type: SightingType.seen });
    await courier.listed("domain", "a.example");
    ahead = 21 * DAY;
    await courier.listed("domain");
  });

  test("org or type filtered out by a configuration change, and let in by the next", async () => {
    await start();
    await held("a.example");
    await courier.stop();
    await courier.start({ filter: [{ orgs: ["Somebody else"] }] });
    await courier.listed("domain");
    await courier.stop();
    await courier.start({ filter: [{ orgs: ["orgname"], types: ["domain"] }] });
    await courier.listed("domain", "a.example");
    await courier.stop();
    await courier.start({ filter: [{ types: ["url"] }] });
    await courier.listed("domain");
  });

  test("target dropped from the configuration keeps what it has, and is brought up to date when it is back", async () => {
    await start();
    const { attribute } = await held("a.example", "b.example");
    await courier.stop();
    await courier.start({ targets: {} });
    courier.misp.sight(attribute, { type: SightingType.falsePositive });
    await calm();
    expect(await courier.list("domain")).toEqual(["a.example", "b.example"]);
    await courier.stop();
    await courier.start({});
    await courier.listed("domain", "b.example");
  });

  test("target dropped from the configuration on request: it is emptied past its guard, and filled when it is to be fed again", async () => {
    const guard = { max_removed: { percent: 1, at_least: 1 }, never_empty: true };
    const target = { type: "csv", directory: "./lists", guard };
    await start({ targets: { blocklists: target } });
    await held("a.example", "b.example", "c.example");
    await courier.stop();
    await courier.start({ targets: { blocklists: { ...target, retire: true } } });
    await courier.listed("domain");
    await courier.stop();
    await courier.start({ targets: { blocklists: target } });
    await courier.listed("domain", "a.example", "b.example", "c.example");
  });

  test("explicit unpublish, when withdraw_on_unpublish is set", async () => {
    await start({ indicators: { withdraw_on_unpublish: true } });
    const { event } = await held("a.example");
    courier.misp.unpublish(event);
    await courier.listed("domain");
    courier.misp.publish(event);
    await courier.listed("domain", "a.example");
  });

  test("explicit unpublish changes nothing otherwise, nor does the one that every edit brings", async () => {
    await start();
    const { event, attribute } = await held("a.example");
    courier.misp.unpublish(event);
    courier.misp.editAttribute(attribute, { comment: "still bad" });
    courier.misp.editEvent(event, { info: "renamed" });
    await calm();
    expect(await courier.list("domain")).toEqual(["a.example"]);
  });

  test("warninglist of role block now matches; disabled, it lets it back", async () => {
    await start();
    await held("a.example", "b.example");
    const list = { id: 7, name: "ours", type: "string" as const, matchingAttributes: ["domain"], list: ["a.example"] };
    courier.misp.setWarninglist({ ...list, enabled: true });
    await courier.listed("domain", "b.example");
    courier.misp.setWarninglist({ ...list, enabled: false });
    await courier.listed("domain", "a.example", "b.example");
  });

  test("score under the target's min_score; risen, it brings it back", async () => {
    await start({ targets: { blocklists: { type: "csv", directory: "./lists", min_score: 40 } } });
    const { event } = await held("a.example");
    const doubt = 'admiralty-scale:source-reliability="e"';
    courier.misp.tagEvent(event, doubt, { local: true });
    await courier.listed("domain");
    courier.misp.untagEvent(event, doubt);
    await courier.listed("domain", "a.example");
  });

  test("with several supports it goes only when the last one goes", async () => {
    await start();
    const first = await held("a.example");
    const second = courier.misp.addEvent({ info: "second", attributes: [{ type: "domain", value: "a.example" }] });
    courier.misp.publish(second.id);
    await calm();
    courier.misp.hardDelete(first.attribute);
    await calm();
    expect(await courier.list("domain")).toEqual(["a.example"]);
    courier.misp.deleteEvent(second.id);
    await courier.listed("domain");
  });

  test("nothing is added before its event is published", async () => {
    await start();
    const event = courier.misp.addEvent({ info: "draft", attributes: [{ type: "domain", value: "draft.example" }] });
    await calm();
    expect(await courier.list("domain")).toBeUndefined();
    courier.misp.pushToZeromq(event.id);
    await calm();
    expect(await courier.list("domain")).toBeUndefined();
    courier.misp.publish(event.id);
    await courier.listed("domain", "draft.example");
  });
});
