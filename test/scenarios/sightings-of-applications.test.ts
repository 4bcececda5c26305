import { expect, test } from "vitest";
import { Publisher } from "zeromq";
import { calm, eventually, RunningCourier } from "../support/running-courier.ts";
import { ASubscriber, askDesk, freeEndpoint } from "../targets/zeromq-subscriber.ts";

test("what an application of Threat Bus saw becomes a sighting in MISP, once, and takes nothing off the lists", async () => {
  const [bind, manage, sightings] = [await freeEndpoint(), await freeEndpoint(), await freeEndpoint()];
  await using courier = await RunningCourier.start({
    targets: {
      blocklists: { type: "csv", directory: "./lists" },
      bus: { type: "zeromq", bind, manage, sightings },
    },
  });
  const { misp } = courier;
  const { id } = misp.addEvent({ info: "Campaign", attributes: [{ type: "domain", value: "evil.example" }] });
  misp.publish(id);
  await courier.listed("domain", "evil.example");

  const answer = await askDesk(manage, { action: "subscribe", topic: "stix2/indicator", snapshot: 30 });
  using subscriber = new ASubscriber(bind, String(answer.topic));
  const [heard] = await subscriber.until(({ length }) => length > 0);
  const app = new Publisher({ linger: 0 });
  app.connect(`tcp://127.0.0.1:${answer.sub_port}`);
  const seen = Math.floor(Date.now() / 1000) - 60;
  const sighting = {
    type: "sighting",
    spec_version: "2.1",
    last_seen: new Date(seen * 1000).toISOString(),
    sighting_of_ref: heard?.body.id,
    x_threatbus_sighting_context: { source: "VAST" },
  };
  await eventually(async () => {
    await app.send(`stix2/sighting ${JSON.stringify(sighting)}`);
    expect(await inMisp()).toMatchObject([{ value: "evil.example", type: "0", date_sighting: String(seen) }]);
  }, 20_000);
  app.close();
  await calm();
  expect(await inMisp()).toHaveLength(1);
  expect(await courier.list("domain")).toEqual(["evil.example"]);

  async function inMisp(): Promise<{ value: string; type: string; date_sighting: string }[]> {
    const answer = await fetch(`${misp.url}/sightings/restSearch`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json", authorization: misp.key },
      body: JSON.stringify({ returnFormat: "json", source: "misp-courier: VAST", from: 1, to: 4_000_000_000 }),
    });
    const { response } = (await answer.json()) as {
      response: { Sighting: { value: string; type: string; date_sighting: string } }[];
    };
    return response.map(({ Sighting }) => Sighting);
  }
});
