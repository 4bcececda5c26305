import { expect, test } from "vitest";
import { complaints, load, MINIMAL } from "./configuration.ts";

const csv = (more: string) => `${MINIMAL}targets:\n  edge: {type: csv, directory: ./lists, ${more}}\n`;
const http = (more: string) => `${MINIMAL}targets:\n  wall: {type: http, ${more}}\n`;

test("a composite type among a target's types is a mistake where composite types are split: it would bring nothing", () => {
  expect(complaints(csv("types: [url, 'domain|ip', malware-sample], min_score: 101"))).toEqual([
    "3 targets.edge.types[1]: composite types are split: name the parts of domain|ip",
    "3 targets.edge.types[2]: composite types are split: name the parts of malware-sample",
    "3 targets.edge.min_score: must be at most 100",
  ]);
  expect(complaints(http("types: ['ip-dst|port'], lists: {a: {types: [ip-dst]}}"))).toContain(
    "3 targets.wall.types[0]: composite types are split: name the parts of ip-dst|port",
  );
});

test("a composite type is none beside its parts, nor in a layout that has it joined", () => {
  expect(load(csv("types: ['domain|ip', domain, ip]")).targets.edge?.types).toContain("domain|ip");
  expect(load(csv("types: ['domain|ip'], layout: broker")).targets.edge?.types).toEqual(["domain|ip"]);
});

test("a list of nothing but types that the target does not take is a mistake: it would always be empty", () => {
  const empty = "would always be empty: the target's own `types` has none of these";
  expect(complaints(csv("types: [domain], lists: {ips: [ip-src, ip-dst]}"))).toEqual([
    `3 targets.edge.lists.ips: ${empty}`,
  ]);
  expect(complaints(http("types: [domain], lists: {ips: {types: [ip-src]}, names: {types: [domain]}}"))).toEqual([
    `3 targets.wall.lists.ips: ${empty}`,
  ]);
  expect(load(csv("types: [ip-dst], lists: {ips: [ip-src, ip-dst]}")).targets.edge?.types).toEqual(["ip-dst"]);
});
