import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Recorder } from "../../src/courier/recording.ts";
import { KAFKA_PUBLICATION } from "../../src/misp/messages.ts";
import { aFolder } from "../support/a-folder.ts";
import { aFrame, wireAttribute, wireEvent } from "../support/frames.ts";
import { readScenario } from "../support/recording.ts";
import { call } from "./captured-terminal.ts";

const SETTINGS = `misp: {url: "http://127.0.0.1:1", key: k}
state: ./state
indicators: {ttl: {default: never}}
targets: {lists: {type: csv, directory: ./lists}, domains: {type: csv, directory: ./more, types: [domain]}}
`;

/** A recording of a real MISP that makes an event, publishes it and deletes an attribute. */
async function aRecording(folder: string, settings = SETTINGS) {
  const [config, file] = [join(folder, "config.yaml"), join(folder, "feed.ndjson")];
  await writeFile(config, settings);
  let now = 0;
  const recorder = new Recorder(
    file,
    () => now,
    ({ message }) => expect.fail(message),
  );
  for (const name of ["01-create-event", "03-publish", "08-attr-delete"]) {
    for (const { at, frames } of await readScenario(name)) {
      now = at;
      recorder.frames(frames.map((frame) => Buffer.from(frame)));
    }
  }
  await recorder.close();
  return { file, replay: (...words: string[]) => call(["replay", file, "--config", config, ...words]) };
}

test("a recording tells what each target would have been sent, and in which order", async () => {
  const folder = aFolder();
  const { replay } = await aRecording(folder);
  const { code, out } = await replay("--json");
  expect(code).toBe(0);
  const rows = out.split("\n").map((line) => JSON.parse(line));
  const totals = rows.pop();
  for (const { name, held } of totals.targets) {
    const of = (operation: string) => rows.filter((row) => row.target === name && row.operation === operation);
    expect(of("add").length - of("remove").length).toBe(held);
    expect(of("add").length).toBeGreaterThan(0);
  }
  expect(rows.filter(({ target }) => target === "domains").every(({ type }) => type === "domain")).toBe(true);
  expect(rows.map(({ at }) => at)).toEqual(rows.map(({ at }) => at).sort());
  expect(totals.unreadable).toBe(0);
});

test("nothing is left behind: no state, no lists", async () => {
  const folder = aFolder();
  const { replay } = await aRecording(folder);
  expect((await replay()).out).toMatch(/messages, 0 could not be read[\s\S]*lists would hold \d+\./);
  for (const name of ["state", "lists", "more"]) expect(existsSync(join(folder, name))).toBe(false);
});

test("another configuration decides otherwise", async () => {
  const { replay } = await aRecording(aFolder(), `${SETTINGS}filter: [{types: [no-such-type]}]\n`);
  const { out } = await replay("--json");
  expect(out.split("\n")).toHaveLength(1);
  expect(JSON.parse(out)).toMatchObject({ active: 0, targets: [{ held: 0 }, { held: 0 }] });
});

test("plain frames will do, and what cannot be read is counted", async () => {
  const folder = aFolder();
  const { file, replay } = await aRecording(folder);
  const frames = (await readScenario("01-create-event")).flatMap((step) => step.frames);
  await writeFile(file, [...frames, "misp_json_attribute {broken", "misp_json_audit {}", "nonsense", ""].join("\n"));
  const { out } = await replay("--json");
  expect(JSON.parse(out.split("\n").at(-1) ?? "")).toMatchObject({ unreadable: 1 });
});

test("what Kafka told is replayed, publications included", async () => {
  const { file, replay } = await aRecording(aFolder());
  const { Tag: _, ...attribute } = { Tag: [], ...wireAttribute() };
  await writeFile(
    file,
    `${aFrame(KAFKA_PUBLICATION, { ...wireEvent(), Attribute: [attribute], action: "publish" })}\n`,
  );
  const { out } = await replay("--json");
  expect(out.split("\n").map((line) => JSON.parse(line))).toContainEqual(
    expect.objectContaining({ operation: "add", target: "domains", value: "evil.example" }),
  );
});

test("a recording that was cut off within a message goes on with the next", async () => {
  const { file, replay } = await aRecording(aFolder());
  await writeFile(file, '{"at":1,"frame":"misp_json_attribute {');
  const recorder = new Recorder(
    file,
    () => 2,
    ({ message }) => expect.fail(message),
  );
  recorder.frames([aFrame("misp_json_attribute", { Event: wireEvent(), Attribute: wireAttribute() })]);
  await recorder.close();
  expect((await replay()).out).toMatch(/^1 message,/);
});

test("a recording that is not there, or is a folder, is no input", async () => {
  const folder = aFolder();
  expect(await call(["replay", join(folder, "none")])).toMatchObject({ code: 66 });
  const err = `${folder} cannot be read: it is a folder`;
  expect(await call(["replay", folder])).toEqual({ code: 66, out: "", err });
});

test("a file without any message of MISP's feed is no recording; one that heard nothing is", async () => {
  const { file, replay } = await aRecording(aFolder());
  await writeFile(file, SETTINGS);
  const err = `${file} cannot be read: no line of it is a message of MISP's feed`;
  expect(await replay()).toEqual({ code: 66, out: "", err });
  for (const heard of ["", 'misp_json_self {"uptime":1}\n']) {
    await writeFile(file, heard);
    expect(await replay()).toMatchObject({ code: 0, err: "" });
  }
});
