import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { aFolder } from "../support/a-folder.ts";
import { AnsweringServer, json } from "../support/answering-server.ts";
import { call } from "./captured-terminal.ts";

const HIGH = 'admiralty-scale:source-reliability="a"';
const COMPLETE = 'workflow:state="complete"';
const ADMIN = ["perm_site_admin", "perm_tagger", "perm_tag_editor", "perm_publish"];

interface Misp {
  permissions: readonly string[];
  organisation: number;
  tags: readonly string[];
  lists: readonly string[];
  settings: Record<string, unknown>;
  version: string;
  organisationsHidden: boolean;
}

let server: AnsweringServer;
afterEach(() => server[Symbol.asyncDispose]());

/** What `check --online` says of a MISP in which everything is in order but for `facts`. */
async function checked(
  facts: Partial<Misp> = {},
  curation: Record<string, unknown> = {},
  feed: Record<string, unknown> = {},
  targets: Record<string, unknown> = { lists: { type: "csv", directory: "./lists" } },
  warninglists: Record<string, unknown> = {},
) {
  const misp: Misp = {
    permissions: ADMIN,
    organisation: 1,
    tags: [],
    lists: ["friends"],
    settings: { "MISP.host_org_id": 1 },
    version: "2.5.1",
    organisationsHidden: false,
    ...facts,
  };
  server = await AnsweringServer.start((asked, response) => {
    const refused = misp.organisationsHidden && asked.path.startsWith("/organisations");
    const answer = refused ? json({ message: "No." }, 403) : json(answerOf(misp, asked.path, asked.body));
    answer(asked, response);
  });
  const trust = [{ list: "friends", score: 100, tag: HIGH, publish: true }];
  const config = join(aFolder(), "config.yaml");
  await writeFile(
    config,
    stringify({
      misp: { url: server.url, key: "k".repeat(40), ...feed },
      curation: { trust, ...curation },
      warninglists,
      targets,
    }),
  );
  return call(["check", "--online", "--config", config]);
}

function answerOf(misp: Misp, path: string, body: unknown): unknown {
  if (path === "/servers/getVersion") return { version: misp.version };
  if (path === "/users/view/me") {
    return {
      User: { disabled: false },
      Role: { name: "Curator", ...Object.fromEntries(misp.permissions.map((name) => [name, true])) },
      Organisation: { id: misp.organisation, name: "Home", uuid: "aeea95ce-1400-46e6-a396-c5e817780fa0" },
    };
  }
  if (path === "/warninglists/index") {
    const rows = misp.lists.map((name, index) => ({
      Warninglist: { id: index + 1, name, version: 1, type: "string" },
    }));
    return { Warninglists: rows };
  }
  if (path.startsWith("/organisations/index")) return [];
  if (path === "/tags/search") {
    return misp.tags.filter((tag) => like(Object(body).name).test(tag)).map((name) => ({ Tag: { name } }));
  }
  const [, setting = ""] = /^\/servers\/getSetting\/(.*)$/.exec(path) ?? [];
  return { setting, value: setting in misp.settings ? misp.settings[setting] : true };
}

/** SQL's LIKE, as MISP searches for tags. */
function like(pattern: string): RegExp {
  const escaped = pattern.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("_", ".").replaceAll("%", ".*")}$`, "i");
}

test("a MISP in which everything is in order is told as that", async () => {
  const { code, out, err } = await checked();
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toContain("is MISP 2.5.1; the key belongs to Home, role Curator.");
});

test("a role that MISP does not show its organisations is told what that costs, and how to mend it", async () => {
  const { code, err } = await checked({ organisationsHidden: true });
  expect(code).toBe(1);
  expect(err).toContain("Security.hide_organisation_index_from_users");
  expect(err).toContain("perm_sharing_group");
});

test("a list that a guard names, and that is nowhere, is told: what it is to protect would go out", async () => {
  const guard = { protect: ["Friends", "Top sites"] };
  const { code, err } = await checked({}, {}, {}, { lists: { type: "csv", directory: "./lists", guard } });
  expect(code).toBe(1);
  expect(err).toContain("No warninglist is called Top sites, so a guard that names it protects nothing by it");
  expect(err).not.toContain("Friends");
});

test("a role of a list that is nowhere is told, and may be meant so: a list of another spelling goes on blocking", async () => {
  const roles = { FRIENDS: "inform", "fri*": "inform", "Top sites": "inform", "Top 1*": { lower: 30 } };
  const { code, out, err } = await checked({}, {}, {}, undefined, { roles });
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out.match(/^warninglists\.roles names .*$/gm)).toEqual([
    "warninglists.roles names Top sites, as which no warninglist is known now: it changes nothing",
    "warninglists.roles names Top 1*, as which no warninglist is known now: it changes nothing",
  ]);
});

describe("what is missing is told with what to click", () => {
  test.each<[string, Partial<Misp>, string[]]>([
    ["a role that may neither tag nor publish", { permissions: ["perm_tag_editor"] }, ["perm_tagger", "perm_publish"]],
    [
      "a role that may publish only what is its own",
      { permissions: ["perm_tagger", "perm_publish", "perm_tag_editor"] },
      ["perm_site_admin"],
    ],
    ["a list that nobody made", { lists: ["strangers"] }, ["No warninglist is called friends"]],
    ["a user outside the host organisation", { organisation: 7 }, ["host organisation"]],
    ["a MISP without a host organisation", { settings: { "MISP.host_org_id": null } }, ["MISP.host_org_id is not set"]],
    [
      "topics that are switched off",
      {
        settings: {
          "MISP.host_org_id": 1,
          "Plugin.ZeroMQ_enable": false,
          "Plugin.ZeroMQ_tag_notifications_enable": null,
        },
      },
      ["Plugin.ZeroMQ_enable is off", "Plugin.ZeroMQ_tag_notifications_enable is off"],
    ],
    ["a MISP that is too old", { version: "2.4.100" }, ["older than 2.4.199"]],
  ])("%s", async (_, facts, expected) => {
    const { code, err } = await checked(facts);
    expect(code).toBe(1);
    expect(err.split("\n")).toEqual(expected.map((part) => expect.stringContaining(part)));
    expect(err).toMatch(/→|upgrade|publish: false/);
  });

  test.each([
    [403, 77],
    [503, 69],
  ])("a MISP that answers %i: what it refuses is told from what it cannot do now", async (status, exit) => {
    server = await AnsweringServer.start(json({ message: "no" }, status));
    const config = join(aFolder(), "config.yaml");
    await writeFile(config, stringify({ misp: { url: server.url, key: "k".repeat(40) }, state: "./state" }));
    for (const words of [["check", "--online"], ["catch-up"], ["sight", "evil.example"]]) {
      expect(await call([...words, "--config", config])).toMatchObject({
        code: exit,
        err: expect.stringMatching(/./),
      });
    }
  });

  test.each([200, 503])("no login that stands in MISP's address, where that answers %i", async (status) => {
    server = await AnsweringServer.start(json({ version: "2.5.1" }, status));
    const config = join(aFolder(), "config.yaml");
    const url = server.url.replace("//", "//guest:a-secret-word@");
    await writeFile(config, stringify({ misp: { url, key: "k".repeat(40) } }));
    const { out, err } = await call(["check", "--online", "--config", config]);
    expect(`${out}\n${err}`).toContain(server.url);
    expect(`${out}\n${err}`).not.toContain("a-secret-word");
  });

  test("brokers that do not answer, and switches of Kafka, where that is the feed", async () => {
    const settings = { "MISP.host_org_id": 1, "Plugin.Kafka_event_publish_notifications_enable": false };
    const { code, err } = await checked({ settings }, {}, { kafka: { brokers: ["127.0.0.1:1"] } });
    expect(code).toBe(69);
    expect(err.split("\n")).toEqual([
      expect.stringMatching(/Plugin\.Kafka_event_publish_notifications_enable is off: .* → Plugin → Kafka/),
      expect.stringMatching(/^misp\.kafka: Kafka: .*127\.0\.0\.1:1/),
    ]);
  });

  test("brokers of a target that do not answer, with TLS and without, but not those of one that is off", async () => {
    const bus = { type: "kafka", brokers: ["127.0.0.1:1"] };
    const targets = { plain: bus, safe: { ...bus, tls: true, topic: "safe" }, idle: { ...bus, enabled: false } };
    const { code, err } = await checked({}, {}, {}, targets);
    expect(code).toBe(69);
    expect(err.split("\n")).toEqual([
      expect.stringMatching(/^targets\.plain: Kafka: /),
      expect.stringMatching(/^targets\.safe: Kafka: /),
    ]);
  });

  test("tags that do not exist, where the key may not create them", async () => {
    const permissions = ["perm_tagger"];
    const trust = [{ list: "friends", score: 100, tag: HIGH }];
    const { err } = await checked({ permissions, tags: ["tlp:green"] }, { trust });
    expect(err.split("\n")).toEqual([expect.stringContaining(HIGH), expect.stringContaining(COMPLETE)]);
    await server[Symbol.asyncDispose]();
    expect((await checked({ permissions, tags: [HIGH, COMPLETE] }, { trust })).code).toBe(0);
  });

  test("a tag whose name another one only resembles", async () => {
    const trust = [{ list: "friends", score: 100, tag: "trust_high" }];
    const { err } = await checked({ permissions: ["perm_tagger"], tags: ["trust-high", COMPLETE] }, { trust });
    expect(err).toContain("MISP has no tag trust_high");
  });
});

test("what MISP tells to site admins only is said to be unknown, with the place to look at", async () => {
  const trust = [{ list: "friends", score: 100, tag: HIGH }];
  const { code, out } = await checked({ permissions: ["perm_tagger", "perm_tag_editor"] }, { trust });
  expect(code).toBe(0);
  expect(out).toContain("Plugin.ZeroMQ_enable");
  expect(out).toContain("MISP.host_org_id");
});

test("a role from which MISP hides local tags is told of, unless it is a site admin's", async () => {
  const { code, out } = await checked({ permissions: ["perm_sync"], organisation: 7 }, { dry_run: true });
  expect(code).toBe(0);
  expect(out).toContain("MISP hides local tags");
  expect((await checked({ permissions: [...ADMIN, "perm_sync"] })).out).not.toContain("MISP hides local tags");
});

test("whoever only looks needs no rights", async () => {
  const { code } = await checked({ permissions: [], organisation: 7 }, { dry_run: true });
  expect(code).toBe(0);
});
