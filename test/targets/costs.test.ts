import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { brokerAtQradar, brokerAtSplunk } from "./costs/broker.ts";
import { measure, meteredQradar, meteredSplunk } from "./costs/measured.ts";
import { type Column, withCosts } from "./costs/table.ts";

const file = new URL("../../docs/BENCHMARKS.md", import.meta.url);

test("deliveries to SIEMs cost what docs/BENCHMARKS.md says; UPDATE_DOCS=1 writes it anew", async () => {
  await using classic = await meteredQradar("13.1");
  await using collections = await meteredQradar("26.0");
  const columns: Column[] = [
    ["`splunk`", await measure(await meteredSplunk("plain"))],
    ["`splunk`, `layout: broker`", await measure(await meteredSplunk("broker"))],
    ["MISP-Broker at Splunk, computed", brokerAtSplunk()],
    ["`qradar`, classic API", await measure(classic)],
    ["`qradar`, collections API", await measure(collections)],
    ["MISP-Broker at QRadar, computed", brokerAtQradar()],
  ];
  const document = readFileSync(file, "utf8");
  const made = withCosts(document, columns);
  if (process.env.UPDATE_DOCS === "1") writeFileSync(file, made);
  expect(readFileSync(file, "utf8")).toBe(made);
}, 300_000);
