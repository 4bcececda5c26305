import { afterAll, beforeAll, describe, test } from "vitest";
import { SightingType } from "../../src/model/misp.ts";
import { calm, RunningCourier } from "../support/running-courier.ts";

describe("what takes an indicator off", () => {
  let courier: RunningCourier;

  beforeAll(async () => {
    courier = await RunningCourier.start();
  });

  afterAll(() => courier[Symbol.asyncDispose]());

  /** A published event with one attribute, which the list then holds. */
  async function held(value: string) {
    const event = courier.misp.addEvent({ info: value, attributes: [{ type: "domain", value }] });
    courier.misp.publish(event.id);
    await courier.listed("domain", value);
    return { event: event.id, attribute: event.attributes[0]?.id ?? 0 };
  }

  test("a soft delete, and a restore followed by a publication brings it back", async () => {
    const { attribute, event } = await held("soft.example");
    courier.misp.softDelete(attribute);
    await courier.listed("domain");
    courier.misp.restore(attribute);
    await calm();
    await courier.listed("domain");
    courier.misp.publish(event);
    await courier.listed("domain", "soft.example");
    courier.misp.deleteEvent(event);
    await courier.listed("domain");
  });

  test("a false-positive sighting, and deleting it brings it back", async () => {
    const { attribute, event } = await held("false.example");
    const [sighting] = courier.misp.sight(attribute, { type: SightingType.falsePositive });
    await courier.listed("domain");
    courier.misp.deleteSighting(sighting?.id ?? 0);
    await courier.listed("domain", "false.example");
    courier.misp.deleteEvent(event);
    await courier.listed("domain");
  });
});
