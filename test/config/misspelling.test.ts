import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { load, refusal } from "./configuration.ts";

type Group = { [key: string]: unknown };

const criteria = { orgs: ["CIRCL"], types: ["url"], tags: ["tlp:clear"], distributions: [3] };
const guard = {
  max_removed: { percent: 20, at_least: 100 },
  max_added: { percent: 20, at_least: 100 },
  never_empty: true,
  min_prefix: { v4: 16, v6: 32 },
  protect: ["own.txt"],
};
const complete: Group = {
  misp: {
    url: "https://misp.example.org",
    key: "k",
    verify_tls: true,
    ca_file: "ca.pem",
    proxy: "http://proxy.example.org:3128",
    timeout: "30s",
    zeromq: { endpoint: "tcp://127.0.0.1:50000", username: "u", password: "p" },
    catch_up: { every: "10m", overlap: "2m", first_load: "ttl" },
  },
  curation: {
    enabled: true,
    dry_run: false,
    own_events: false,
    trust: [{ list: "high", score: 100, tag: "a", publish: true }],
    prefix: "org_uuid:",
  },
  warninglists: { directory: "w", from_misp: true },
  indicators: {
    require_published: true,
    withdraw_on_unpublish: false,
    exceptions: { comment: "x", tags: [] },
    sightings: { false_positive: { orgs: 2, trusted: 1 } },
  },
  filter: [{ ...criteria, not: criteria }],
  targets: {
    lists: {
      type: "csv",
      directory: "lists",
      columns: ["value"],
      layout: "plain",
      enabled: true,
      filter: [{ ...criteria, not: criteria }],
      types: ["url"],
      min_score: 10,
      batch: 100,
      guard,
    },
  },
  guard,
  alerts: { telegram: { token: "t", chat_id: "1", api_root: "http://127.0.0.1:8081" } },
  http: { listen: "127.0.0.1:8711", token: "t" },
  state: "state",
  log: { level: "info", format: "json", file: "courier.log" },
};

const NAMED_BY_THE_USER = new Set(["lists"]);
const spots = spotsOf(complete, []);

test("the complete configuration is in order", () => {
  const beside = {
    "own.txt": "",
    "ca.pem": readFileSync(new URL("../fixtures/tls/loopback.pem", import.meta.url), "utf8"),
  };
  expect(load(stringify(complete), {}, beside).targets.lists?.batch).toBe(100);
});

test("any single misspelling of a key is an error at its path and line", () => {
  const edit = fc.record({
    spot: fc.constantFrom(...spots),
    how: fc.constantFrom("drop", "swap", "put", "change", "capital"),
    at: fc.nat(30),
    letter: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz_-"),
  });
  fc.assert(
    fc.property(edit, ({ spot, how, at, letter }) => {
      const wrong = misspell(spot.key, how, at % spot.key.length, letter);
      fc.pre(wrong !== "" && !spot.known.includes(wrong));
      const text = stringify(rename(complete, spot.path, wrong));
      const holder = spot.path.slice(0, -1).map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`));
      const issue = refusal(text).issues.find((one) => one.path === `${holder.join("")}.${wrong}`.slice(1));
      expect(issue?.message).toMatch(/^unknown key/);
      expect(text.split("\n")[(issue?.line ?? 0) - 1]).toMatch(new RegExp(`^[ -]*"?${wrong}"?:`));
    }),
    { numRuns: 120 },
  );
});

interface Spot {
  path: string[];
  key: string;
  known: string[];
}

function spotsOf(value: unknown, path: string[]): Spot[] {
  if (typeof value !== "object" || value === null) return [];
  const siblings = Object.keys(value);
  // Keys that are left out above for being alternatives or maps of the user's own names.
  const known = [...siblings, "key_file", "roles", "ttl", "lists", "formula_guard"];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, key];
    const fixed = !Array.isArray(value) && !NAMED_BY_THE_USER.has(key);
    return [...(fixed ? [{ path: here, key, known }] : []), ...spotsOf(inner, here)];
  });
}

function misspell(key: string, how: string, at: number, letter: string): string {
  const [before, here, after] = [key.slice(0, at), key.slice(at, at + 1), key.slice(at + 1)];
  switch (how) {
    case "drop":
      return before + after;
    case "swap":
      return before + after.slice(0, 1) + here + after.slice(1);
    case "put":
      return before + letter + here + after;
    case "capital":
      return before + here.toUpperCase() + after;
    default:
      return before + letter + after;
  }
}

function rename(value: unknown, [part, ...rest]: string[], name: string): unknown {
  if (Array.isArray(value)) return value.map((one, index) => (String(index) === part ? rename(one, rest, name) : one));
  const renamed = Object.entries(Object(value)).map(([key, inner]) => {
    if (key !== part) return [key, inner];
    return rest.length === 0 ? [name, inner] : [key, rename(inner, rest, name)];
  });
  return Object.fromEntries(renamed);
}
