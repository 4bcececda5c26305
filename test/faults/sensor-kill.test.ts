import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { freePort } from "../../src/bench/free-port.ts";
import { LEDGER_FILE } from "../../src/courier/open-ledger.ts";
import { StandInMisp } from "../../src/demo/stand-in/stand-in-misp.ts";
import { LedgerReport } from "../../src/ledger/report/report.ts";
import { aFolder } from "../support/a-folder.ts";
import { eventually } from "../support/running-courier.ts";
import { ChildCourier } from "./child-courier.ts";
import { LONG } from "./trials.ts";

const TOKEN = "let-me-in";
const VALUES = Array.from({ length: LONG ? 30 : 12 }, (_, index) => `s${index}.example`);
/** Sooner than all are sent, milliseconds. */
const KILLS = LONG ? [150, 450, 900] : [450];

test("what a sensor was told is taken comes to MISP once, however often the courier is killed on the way", {
  timeout: 90_000,
}, async () => {
  const misp = await StandInMisp.open();
  misp.publish(misp.addEvent({ info: "event", attributes: VALUES.map((value) => ({ type: "domain", value })) }).id);
  const port = await freePort();
  const listen = `127.0.0.1:${port}`;
  await using courier = new ChildCourier(aFolder(), misp, { http: { listen, token: TOKEN } });
  courier.start();
  await courier.hears();
  const headers = { "content-type": "application/json", authorization: `Bearer ${TOKEN}` };
  const body = JSON.stringify(VALUES.map((value) => ({ value, source: "killed" })));
  await eventually(async () => {
    const { status } = await fetch(`http://${listen}/sightings`, { method: "POST", headers, body });
    expect(status).toBe(202);
  });
  for (const wait of KILLS) {
    await pause(wait);
    await courier.kill();
    courier.start();
    await courier.hears();
  }
  await eventually(async () => {
    using report = new LedgerReport(join(courier.directory, "state", LEDGER_FILE));
    expect(report.summary().sensed).toMatchObject({ waiting: 0, posted: VALUES.length, refused: 0 });
  }, 60_000);
  const { response } = (await (
    await fetch(`${misp.url}/sightings/restSearch`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json", authorization: misp.key },
      body: JSON.stringify({ returnFormat: "json", last: "1d", source: "misp-courier: killed" }),
    })
  ).json()) as { response: { Sighting: { value: string } }[] };
  expect(response.map(({ Sighting }) => Sighting.value).sort()).toEqual(VALUES.toSorted());
  expect(courier.bugs).toEqual([]);
  await courier.kill();
  await misp.close();
});
