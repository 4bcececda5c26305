import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LEDGER_FILE } from "../../src/courier/open-ledger.ts";
import { Database } from "../../src/ledger/database/database.ts";
import { SightingType } from "../../src/model/misp.ts";
import { calm, eventually, RunningCourier } from "../support/running-courier.ts";

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;
const SETTINGS = { indicators: { exceptions: { tags: ["exception"] } } };

/** A courier whose clock can be set; MISP's own clock is right. */
let ahead: number;
let courier: RunningCourier;
const clock = () => Date.now() + ahead;

beforeEach(async () => {
  ahead = 0;
  courier = await RunningCourier.start({}, { clock, mispClock: Date.now });
  publishDomain("a.example");
  await courier.listed("domain", "a.example");
});
afterEach(() => courier[Symbol.asyncDispose]());

function publishDomain(value: string) {
  const { id, attributes } = courier.misp.addEvent({ info: value, attributes: [{ type: "domain", value }] });
  courier.misp.publish(id);
  return attributes[0]?.id ?? 0;
}

/** Resolves once the ledger knows of a domain. */
function heard(value: string) {
  return eventually(async () => {
    const database = Database.read(join(courier.directory, "state", LEDGER_FILE));
    try {
      expect(database.prepare("SELECT 1 FROM attribute WHERE value = ?").get(value)).toBeDefined();
    } finally {
      database.close();
    }
  });
}

describe("a clock that is set", () => {
  test.each([
    ["ahead by an hour", HOUR],
    ["back by an hour", -HOUR],
    ["back by a year", -YEAR],
  ])("%s takes nothing off, and what is heard goes on being delivered", async (_, jump) => {
    ahead = jump;
    const attribute = publishDomain("b.example");
    await courier.listed("domain", "a.example", "b.example");
    courier.misp.sight(attribute, { type: SightingType.falsePositive });
    await courier.listed("domain", "a.example");
  });

  test("back between an attribute and its publication, of the same second, does not keep it waiting", async () => {
    ahead = 30 * 24 * HOUR;
    const { id } = courier.misp.addEvent({ info: "b", attributes: [{ type: "domain", value: "b.example" }] });
    await heard("b.example");
    ahead = 0;
    courier.misp.publish(id);
    await courier.listed("domain", "a.example", "b.example");
    const asked = courier.misp.requests.length;
    await calm();
    expect(courier.misp.requests.length - asked).toBeLessThan(5);
  });

  test("back between an attribute and its publication does not have it wait for its tags until then", async () => {
    await courier.stop();
    ahead = 30 * 24 * HOUR;
    await courier.start(SETTINGS);
    const { id } = courier.misp.addEvent({ info: "b", attributes: [{ type: "domain", value: "b.example" }] });
    await heard("b.example");
    ahead = 0;
    courier.misp.publish(id);
    await courier.listed("domain", "a.example", "b.example");
  });

  test("ahead by years lets indicators run out, and back brings them all back by itself", async () => {
    ahead = 2 * YEAR;
    await courier.listed("domain");
    ahead = 0;
    await courier.listed("domain", "a.example");
  });

  test("ahead by years and back while the courier does not run brings them back, too", async () => {
    ahead = 2 * YEAR;
    await courier.listed("domain");
    await courier.stop();
    ahead = 0;
    await courier.start();
    await courier.listed("domain", "a.example");
  });

  test("ahead and back does not keep sightings from being caught up", async () => {
    const attribute = publishDomain("b.example");
    await courier.listed("domain", "a.example", "b.example");
    await courier.stop();
    ahead = 30 * 24 * HOUR;
    await courier.start();
    await courier.listed("domain", "a.example", "b.example");
    await courier.stop();
    ahead = 0;
    courier.misp.sight(attribute, { type: SightingType.falsePositive });
    await courier.start();
    await courier.listed("domain", "a.example");
  });

  describe("ahead and back makes up for what is missed after it", () => {
    /** What a courier has heard whose clock is ahead, and what MISP comes to say while it does not run. */
    async function missed(change: (event: number, attribute: number) => void, heard?: typeof change) {
      await courier.stop();
      ahead = 30 * 24 * HOUR;
      await courier.start(SETTINGS);
      const { id: event, attributes } = courier.misp.addEvent({
        info: "b.example",
        attributes: [{ type: "domain", value: "b.example" }],
      });
      courier.misp.publish(event);
      await courier.listed("domain", "a.example", "b.example");
      const attribute = attributes[0]?.id ?? 0;
      if (heard) {
        heard(event, attribute);
        await courier.listed("domain", "a.example");
      }
      await courier.stop();
      ahead = 0;
      change(event, attribute);
      await courier.start(SETTINGS);
    }

    test("a local tag of an event", async () => {
      await missed((event) => courier.misp.tagEvent(event, "exception", { local: true }));
      await courier.listed("domain", "a.example");
    });

    test("a local tag of an event that went", async () => {
      await missed(
        (event) => courier.misp.untagEvent(event, "exception"),
        (event) => courier.misp.tagEvent(event, "exception", { local: true }),
      );
      await courier.listed("domain", "a.example", "b.example");
    });

    test("a local tag of an attribute", async () => {
      await missed((_, attribute) => courier.misp.tagAttribute(attribute, "exception", { local: true }));
      await courier.listed("domain", "a.example");
    });

    test("a thumbs-down that is deleted", async () => {
      let thumb = 0;
      await missed(
        () => courier.misp.deleteSighting(thumb),
        (_, attribute) => {
          thumb = courier.misp.sight(attribute, { type: SightingType.falsePositive })[0]?.id ?? 0;
        },
      );
      await courier.listed("domain", "a.example", "b.example");
    });

    test("an attribute that is deleted for good", async () => {
      await missed((_, attribute) => courier.misp.hardDelete(attribute));
      await courier.listed("domain", "a.example");
    });

    test("an attribute that is restored", async () => {
      await missed(
        (event, attribute) => {
          courier.misp.restore(attribute);
          courier.misp.publish(event);
        },
        (_, attribute) => courier.misp.softDelete(attribute),
      );
      await courier.listed("domain", "a.example", "b.example");
    });

    test("an event that is deleted", async () => {
      await missed((event) => courier.misp.deleteEvent(event));
      await courier.listed("domain", "a.example");
    });
  });
});
