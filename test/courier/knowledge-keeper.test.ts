import { expect, test } from "vitest";
import { KnowledgeKeeper } from "../../src/courier/knowledge/keeper.ts";
import { MispLists } from "../../src/courier/knowledge/misp-lists.ts";
import type { Warninglist } from "../../src/curation/warninglists/warninglist.ts";
import { silent } from "../../src/log.ts";
import { load, MINIMAL } from "../config/configuration.ts";
import { aClient } from "../support/a-client.ts";
import { aFolder } from "../support/a-folder.ts";
import { ALedger } from "../support/a-ledger.ts";
import { AnsweringServer, json } from "../support/answering-server.ts";
import { eventually } from "../support/running-courier.ts";

test("a list that MISP speaks of while its lists are being fetched is asked for again soon", async () => {
  let entries = ["former.example"];
  const letGo: (() => void)[] = [];
  const header = { id: "7", name: "sites", version: "1", type: "string", category: "false_positive", enabled: true };
  await using misp = await AnsweringServer.start((asked, response) => {
    if (asked.path.includes("index")) {
      const row = { ...header, valid_attributes: "domain", warninglist_entry_count: "1" };
      return json({ Warninglists: [{ Warninglist: row }] })(asked, response);
    }
    const body = json({ name: "sites", type: "string", version: "1", matching_attributes: ["domain"], list: entries });
    letGo.push(() => body(asked, response));
  });
  let learned: readonly Warninglist[] = [];
  await using keeper = new KnowledgeKeeper({
    config: load(MINIMAL),
    ledger: new ALedger().ledger,
    log: silent,
    mispLists: new MispLists({ client: aClient(misp.url), directory: aFolder(), log: silent, clock: Date.now }),
    signal: new AbortController().signal,
    complete: () => {},
    learned: (lists) => {
      learned = lists;
    },
  });
  await keeper.start();
  keeper.introduced({ id: 1, uuid: null });
  await eventually(async () => expect(letGo).toHaveLength(1));
  keeper.heard([{ kind: "warninglist", id: 7, enabled: true }]);
  letGo[0]?.();
  await eventually(async () => expect(learned.map((list) => list.entries)).toEqual([["former.example"]]));
  entries = ["newer.example"];
  await eventually(async () => expect(letGo).toHaveLength(2));
  letGo[1]?.();
  await eventually(async () => expect(learned.map((list) => list.entries)).toEqual([["newer.example"]]));
});
