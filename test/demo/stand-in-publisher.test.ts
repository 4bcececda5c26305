import { expect, test } from "vitest";
import { Subscriber } from "zeromq";
import { Ear, Lab } from "./stand-in-lab.ts";

const lab = new Lab();

test("loses the messages that it is told to lose", async () => {
  lab.misp.faults.dropFrames = 1;
  const { id } = lab.misp.addEvent({ info: "one" });
  lab.misp.faults.drop = (topic) => topic === "misp_json_attribute";
  lab.misp.addAttribute(id, { type: "domain", value: "evil.example" });
  lab.misp.publish(id);
  expect(await lab.ear.until(lab.misp)).toEqual(["misp_json"]);
});

test("keeps messages over a restart of the publisher, whose uptime then falls", async () => {
  lab.now += 60_000;
  const endpoint = lab.misp.endpoint;
  const restarted = lab.misp.restartPublisher({ downFor: 20 });
  lab.misp.addEvent({ info: "while it was down" });
  await lab.misp.heard("misp_json");
  await restarted;
  expect(lab.misp.endpoint).toBe(endpoint);
  expect(await lab.ear.until(lab.misp)).toEqual(["event add"]);
  expect(lab.ear.body("self")).toMatchObject({ uptime: 0 });
});

test("stays dead when killed until the next message, and then sends what waited", async () => {
  lab.misp.addEvent({ info: "before" });
  lab.misp.killPublisher();
  lab.misp.sayAlive();
  await lab.misp.flushed();
  lab.misp.addEvent({ info: "after" });
  await lab.misp.flushed();
  const lines = await lab.ear.until(lab.misp);
  expect(lines).toContain("event add");
  expect(lab.ear.body("event add")).toMatchObject({ Event: { info: "after" } });
});

test("can let a backlog out by topic instead of by time", async () => {
  lab.misp.faults.byPriority = true;
  const restarted = lab.misp.restartPublisher({ downFor: 20 });
  const { id } = lab.misp.addEvent({ info: "one", tags: ["t"] });
  lab.misp.publish(id);
  await restarted;
  expect(await lab.ear.until(lab.misp)).toEqual(["misp_json", "event add", "tag add", "tag attached to event"]);
});

test("sends frames of any kind as they are", async () => {
  const raw = new Subscriber({ linger: 0 });
  lab.keep(raw);
  raw.connect(lab.misp.endpoint);
  raw.subscribe("nonsense");
  await lab.misp.heard("nonsense");
  lab.misp.sendRaw(Buffer.from([...Buffer.from("nonsense"), 0xff]));
  expect((await raw.receive())[0]).toEqual(Buffer.from([...Buffer.from("nonsense"), 0xff]));
});

test("says that it is alive only after a silence", async () => {
  const other = await lab.open({ silent: false, aliveAfter: 30 });
  const listener = new Ear(other.endpoint);
  lab.keep(listener);
  await expect.poll(() => listener.lines).toContain("self");
  expect(listener.body("self")).toEqual({ status: expect.stringContaining("alive"), uptime: 0 });
});

test("lets only subscribers with the right login hear anything", async () => {
  const closed = await lab.open({ username: "courier", password: "secret" });
  const stranger = new Ear(closed.endpoint, { plainUsername: "courier", plainPassword: "wrong" });
  const friend = new Ear(closed.endpoint, { plainUsername: "courier", plainPassword: "secret" });
  lab.keep(stranger);
  lab.keep(friend);
  await closed.heard("misp_json");
  closed.addEvent({ info: "one" });
  expect(await friend.until(closed)).toEqual(["event add"]);
  expect(stranger.messages).toEqual([]);
});
