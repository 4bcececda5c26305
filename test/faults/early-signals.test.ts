import { expect, test } from "vitest";
import { StandInMisp } from "../../src/demo/stand-in/stand-in-misp.ts";
import { aFolder } from "../support/a-folder.ts";
import { ChildCourier } from "./child-courier.ts";

const HANGING_UP = `--import=${new URL("hanging-up.mjs", import.meta.url)}`;

test("a courier that is told to read its configuration again before it has read it at all starts as ever", async () => {
  const misp = await StandInMisp.open();
  await using courier = new ChildCourier(aFolder(), misp);
  courier.start({}, [HANGING_UP]);
  await courier.hears();
  expect(courier.bugs).toEqual([]);
  expect(courier.running).toBe(true);
  await courier.stop();
  await misp.close();
});

test("a courier opens no debugger to other users of its machine for the signal by which others rotate their logs", async () => {
  const misp = await StandInMisp.open();
  await using courier = new ChildCourier(aFolder(), misp);
  courier.start();
  await courier.hears();
  process.kill(courier.pid ?? 0, "SIGUSR1");
  const { id } = misp.addEvent({ info: "Later", attributes: [{ type: "domain", value: "later.example" }] });
  misp.publish(id);
  await courier.said("Delivered");
  await courier.stop();
  expect(courier.log.filter((line) => line.includes("Debugger"))).toEqual([]);
  expect(courier.bugs).toEqual([]);
  await misp.close();
});
