import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { silent } from "../../src/log.ts";
import { calm, eventually, RunningCourier } from "../support/running-courier.ts";

const FRIEND = "7c9b4a2e-1111-4b6e-9d2e-5d5d5d5d5d5d";
const HIGH = 'admiralty-scale:source-reliability="a"';
const MEDIUM = 'admiralty-scale:source-reliability="c"';
const CURATION = {
  trust: [
    { list: "org-confidence-level-high", score: 100, tag: HIGH, publish: true },
    { list: "org-confidence-level-medium", score: 50, tag: MEDIUM },
  ],
};

let courier: RunningCourier;
afterEach(() => courier[Symbol.asyncDispose]());

async function writeList(name: string, list: Record<string, unknown>) {
  const folder = join(courier.directory, "warninglists", name);
  await mkdir(folder, { recursive: true });
  const shape = { name, type: "string", version: 1, description: name, matching_attributes: [] };
  await writeFile(join(folder, "list.json"), JSON.stringify({ ...shape, ...list }));
}

function publishDomain(value: string) {
  const event = courier.misp.addEvent({ info: value, attributes: [{ type: "domain", value }] });
  courier.misp.publish(event.id);
}

describe("a warninglist of role block", () => {
  test("in the folder takes off what it matches, also while its file is broken, and lets it back when it goes", async () => {
    const warned: string[] = [];
    const log = { ...silent, warn: (...said: unknown[]) => void warned.push(JSON.stringify(said)) };
    courier = await RunningCourier.start({}, { log });
    publishDomain("www.good.example");
    publishDomain("bad.example");
    await courier.listed("domain", "bad.example", "www.good.example");
    await writeList("ours", { type: "hostname", list: ["good.example"], matching_attributes: ["domain"] });
    await courier.listed("domain", "bad.example");
    // Somebody saves it with a slip: nothing that it held back may go out.
    await writeFile(join(courier.directory, "warninglists", "ours", "list.json"), '{"list": [');
    await eventually(async () => expect(warned.join()).toContain("its list stays as it was"));
    await calm();
    expect(await courier.list("domain")).toEqual(["bad.example"]);
    await rm(join(courier.directory, "warninglists", "ours"), { recursive: true });
    await courier.listed("domain", "bad.example", "www.good.example");
  });

  test("in the folder goes on doing so through a start while its file is broken, and through one more", async () => {
    courier = await RunningCourier.start();
    courier.publishDomains("bad.example", "good.example");
    await courier.listed("domain", "bad.example", "good.example");
    await writeList("ours", { list: ["good.example"], matching_attributes: ["domain"] });
    await courier.listed("domain", "bad.example");
    await writeFile(join(courier.directory, "warninglists", "ours", "list.json"), '{"list": [');
    for (const _ of ["one start", "another"]) {
      await courier.stop();
      await courier.start();
      await courier.compared();
      expect(await courier.list("domain")).toEqual(["bad.example"]);
    }
    await writeList("ours", { list: ["bad.example"], matching_attributes: ["domain"] });
    await courier.listed("domain", "good.example");
  });

  test("in MISP does so when it is enabled there, and is known after a restart without MISP", async () => {
    courier = await RunningCourier.start();
    publishDomain("good.example");
    await courier.listed("domain", "good.example");
    courier.misp.setWarninglist({
      id: 7,
      name: "theirs",
      type: "string",
      enabled: true,
      matchingAttributes: ["domain"],
      list: ["good.example", "other.example"],
    });
    await courier.listed("domain");
    await courier.stop();
    courier.misp.faults.restDown = true;
    await courier.start();
    await courier.compared();
    expect(await courier.list("domain")).toEqual([]);
  });
});

describe("an event of an organisation that is trusted", () => {
  /** Resolves once a list that came while the courier ran tells it whom to trust. */
  async function start(settings: Record<string, unknown> = {}, log = silent) {
    courier = await RunningCourier.start({ curation: { ...CURATION, ...settings } }, { log });
    publishDomain("probe.example");
    await courier.listed("domain", "probe.example");
    await writeList("org-confidence-level-high", { list: [`org_uuid:${FRIEND} # a friend`] });
    // Of lists in the folder the one that was written later is not known sooner.
    await writeList("probe", { list: ["probe.example"], matching_attributes: ["domain"] });
    await courier.listed("domain");
  }

  function pull(tags: string[] = []) {
    return courier.misp.pullFromServer({
      organisation: { name: "Friends", uuid: FRIEND },
      info: "from a friend",
      tags,
      attributes: [{ type: "domain", value: "friendly.example" }],
    });
  }

  const writes = () =>
    courier.misp.requests
      .filter(({ path }) => /attachTag|removeTag|events\/publish/.test(path))
      .map(({ path, body }) => `${path.split("/").at(path.includes("publish") ? -2 : -1)} ${JSON.stringify(body)}`);

  const attached = (uuid: string) => `attachTagToObject ${JSON.stringify({ uuid, tag: HIGH, local: true })}`;

  test("is tagged locally, and its own echo brings nothing more", async () => {
    await start();
    const pulled = pull();
    await eventually(async () => expect(writes()).toEqual([attached(pulled.uuid)]));
    const organisation = courier.misp.addOrganisation({ name: "Friends", uuid: FRIEND }).id;
    const pushed = courier.misp.addEvent({
      organisation,
      info: "pushed here",
      attributes: [{ type: "domain", value: "pushed.example" }],
    });
    // It is published once nothing was heard of it for a while: by then the echo of the other had its turn.
    await eventually(async () => expect(writes().join()).toContain("publish"));
    expect(writes()).toEqual([attached(pulled.uuid), attached(pushed.uuid), expect.stringContaining("publish")]);
    await courier.listed("domain", "friendly.example", "pushed.example");
  });

  test("is left alone in a dry run", async () => {
    const told: string[] = [];
    await start({ dry_run: true }, { ...silent, info: (sentence) => void told.push(sentence) });
    pull();
    await eventually(async () => expect(told).toContain("Would write to MISP"));
    expect(writes()).toEqual([]);
  });
});
