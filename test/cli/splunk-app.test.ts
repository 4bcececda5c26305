import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { fieldsOf, fieldTypesOf } from "../../src/targets/splunk/document.ts";
import { collectionOf } from "../../src/targets/splunk/names.ts";
import { aFolder } from "../support/a-folder.ts";
import { anEntry, anOrigin } from "../support/entries.ts";
import { call } from "./captured-terminal.ts";

const app = new URL("../../splunk-app/", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, app), "utf8");

describe("splunk-app", () => {
  test("writes a folder and a package that tar reads the same files from", async () => {
    const folder = aFolder();
    expect(await call(["splunk-app", folder])).toMatchObject({
      code: 0,
      out: expect.stringContaining("misp_courier.spl"),
    });
    const unpacked = aFolder();
    execFileSync("tar", ["xzf", join(folder, "misp_courier.spl"), "-C", unpacked]);
    const files = filesIn(join(folder, "misp_courier"));
    expect(files).toContain("default/data/ui/views/misp_in_live_traffic.xml");
    expect(filesIn(join(unpacked, "misp_courier"))).toEqual(files);
    for (const file of files) {
      const content = readFileSync(join(folder, "misp_courier", file));
      expect(readFileSync(join(unpacked, "misp_courier", file)).equals(content)).toBe(true);
      expect(statSync(join(unpacked, "misp_courier", file)).mode & 0o777).toBe(0o644);
    }
  });

  test("makes the same package every time", async () => {
    const folders = [aFolder(), aFolder()];
    for (const folder of folders) await call(["splunk-app", folder]);
    const [one, other] = folders.map((folder) => readFileSync(join(folder, "misp_courier.spl")));
    expect(other?.equals(one ?? Buffer.alloc(0))).toBe(true);
  });

  test("leaves alone what is there already", async () => {
    const folder = aFolder();
    await call(["splunk-app", folder]);
    expect(await call(["splunk-app", folder])).toMatchObject({
      code: 73,
      err: expect.stringContaining("is there already"),
    });
  });
});

describe("the app for Splunk", () => {
  const collections = stanzas("default/collections.conf");
  const lookups = stanzas("default/transforms.conf");
  const macros = stanzas("default/macros.conf");
  const searches = stanzas("default/savedsearches.conf");
  let dashboard: string;

  beforeAll(() => {
    dashboard = read("default/data/ui/views/misp_in_live_traffic.xml");
  });

  test("has the version of the package", () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(stanzas("default/app.conf").get("launcher")?.version).toBe(version);
    expect(stanzas("default/app.conf").get("id")?.version).toBe(version);
  });

  test("names its collections as the target does, and types their fields as the target does", () => {
    for (const type of ["ip-dst", "domain", "sha256", "AS", "named pipe", "user-agent"]) {
      expect([...collections.keys()]).toContain(collectionOf(type, { layout: "plain", prefix: "misp_" }));
    }
    for (const settings of collections.values()) {
      const fields = Object.entries(settings).filter(([name]) => name.startsWith("field."));
      const types = Object.fromEntries(fields.map(([name, type]) => [name.slice("field.".length), type]));
      expect(types).toEqual(fieldTypesOf("domain", "plain"));
    }
  });

  test("has a lookup with every field of a document for every collection, and networks where there are addresses", () => {
    const origins = [anOrigin({ firstSeen: 1, lastSeen: 2, tags: ["a"], comment: "b" })];
    const fields = ["_key", ...Object.keys(fieldsOf(anEntry({ expires: 3, origins }), "plain"))];
    expect([...lookups.values()].map(({ collection }) => collection)).toEqual([...collections.keys()]);
    for (const { fields_list, match_type, collection = "" } of lookups.values()) {
      expect(fields_list?.split(", ")).toEqual(fields);
      expect(match_type).toBe(collection.startsWith("misp_ip-") ? "CIDR(value)" : undefined);
    }
  });

  test("uses only macros and lookups that it has", () => {
    const known = [...macros.keys()].map((name) => name.replace(/\(\d\)$/, ""));
    const used = [dashboard, read("default/macros.conf"), read("default/savedsearches.conf")].join("\n");
    for (const [, name] of used.matchAll(/`(misp_\w+)/g)) expect(known).toContain(name);
    for (const [, name] of used.matchAll(/(?:inputlookup |misp_match\()(misp_\w+)/g))
      expect([...lookups.keys()]).toContain(name);
  });

  test("tells of nothing until somebody switches a search on", () => {
    expect(searches.size).toBeGreaterThan(5);
    for (const { disabled } of searches.values()) expect(disabled).toBe("1");
  });

  test("shows on its dashboard hits over time and top values of each kind of traffic", () => {
    for (const area of ["network", "dns", "web", "mail", "process", "file"]) {
      expect(dashboard).toContain(`misp_${area}_hits($span$)`);
      expect(dashboard.match(new RegExp(`<search base="${area}">`, "g"))).toHaveLength(3);
    }
    expect(dashboard.match(/\/events\/view\/\$row\.event_uuid\|u\$/g)).toHaveLength(6);
  });
});

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1)).sort();
}

/** The stanzas of a .conf file with their keys. */
function stanzas(path: string): Map<string, Record<string, string>> {
  const found = new Map<string, Record<string, string>>();
  let current: Record<string, string> = {};
  for (const line of read(path).replaceAll("\\\n", "").split("\n")) {
    const [, name] = /^\[(.+)\]$/.exec(line) ?? [];
    if (name !== undefined) {
      current = {};
      found.set(name, current);
    }
    const [, key = "", value = ""] = /^([^#=]+?) = (.*)$/.exec(line) ?? [];
    if (key !== "") current[key] = value;
  }
  return found;
}
