import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { aFolder } from "../support/a-folder.ts";
import { Replay } from "../support/replay.ts";
import { eventually } from "../support/running-courier.ts";
import { REMOTE_SHA256 } from "./recorded-values.ts";

const REMOTE = { event: "279db1ff-7b99-4eba-8897-bd6231a7a5b6", organisation: "c973f943-6304-4b46-80e2-427216eb5698" };
const HIGH = 'admiralty-scale:source-reliability="a"';
const ATTACHED = [{ path: "/tags/attachTagToObject", body: { uuid: REMOTE.event, tag: HIGH, local: true } }];

let replay: Replay;

afterEach(() => replay[Symbol.asyncDispose]());

async function friends(): Promise<string> {
  const folder = aFolder();
  const name = "org-confidence-level-high";
  const list = [`org_uuid:${REMOTE.organisation} # whose server we pull from`];
  await mkdir(join(folder, name));
  await writeFile(
    join(folder, name, "list.json"),
    JSON.stringify({ name, type: "string", version: 1, description: "", list }),
  );
  return folder;
}

test("16: a genuine pull is tagged once, locally, whatever becomes of its event afterwards", async () => {
  // A global tag takes its publication: whether somebody who may publish does so before the next step depends on their pace.
  const trust = [{ list: "org-confidence-level-high", score: 100, tag: HIGH, publish: false }];
  const warninglists = { from_misp: false, directory: await friends() };
  replay = await Replay.start(["16-sync-pull"], { curation: { trust }, warninglists });
  const pulled = { "ip-dst": ["198.51.100.170"], domain: ["remote-c2.example.org"], sha256: [REMOTE_SHA256] };
  await replay.after("pull full", pulled);
  await eventually(async () => expect(replay.writes).toEqual(ATTACHED));
  const edited = { "ip-dst": ["198.51.100.170", "198.51.100.171"] };
  await replay.after("pull after remote edit", edited);
  await replay.after("pull with nothing new", edited);
  const sighted = { "ip-dst": ["198.51.100.171"] };
  await replay.afterEachOf("16-sync-pull", sighted);
  await replay.quiet();
  expect(replay.writes).toEqual(ATTACHED);
  expect(replay.complaints).toEqual([]);
});
