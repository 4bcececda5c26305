import type { Delta, Entry } from "../../../src/model/delta.ts";
import { splunk } from "../../../src/targets/splunk.ts";
import { StandInSplunk } from "./stand-in-splunk.ts";

// What deliveries cost in requests and bytes, against the stand-in: prints one line of JSON for each. Not a test.

const TYPES = ["ip-dst", "domain", "hostname", "url", "md5", "sha256"];
const signal = new AbortController().signal;

await using far = await StandInSplunk.start();
far.collections.limits.max_documents_per_batch_save = Number(process.argv[2] ?? 1_000);
const settings = splunk.settings.parse({ url: far.url, token: far.token });
const target = await splunk.open(settings, { name: "siem", resolve: (path) => path, clock: Date.now, state: "" });

const held = Array.from({ length: 100_000 }, (_, n) => anEntry(n));
await measure("first load of 100,000", async () => {
  for (let n = 0; n < held.length; n += splunk.batch) await deliver({ add: held.slice(n, n + splunk.batch) });
});
await measure("one thumbs-down", () => deliver({ remove: held.slice(0, 1) }));
await measure("one thumbs-up", () => deliver({ add: held.slice(0, 1) }));
await measure("renewal of 10,000", () =>
  deliver({ renew: held.slice(0, 10_000).map((entry) => ({ ...entry, expires: 1_950_000_000 })) }),
);
await measure("an outage: three tries that fail", async () => {
  far.fault = () => ({ status: 503 });
  for (let n = 0; n < 3; n += 1) await deliver({ remove: held.slice(0, 1_000) }).catch(() => undefined);
  far.fault = () => undefined;
});
await measure("after it, 5,000 changes: a probe of 10, then 1,000 removed, 2,000 added, 1,990 renewed", async () => {
  await deliver({ renew: held.slice(90_000, 90_010) });
  const add = Array.from({ length: 2_000 }, (_, n) => anEntry(200_000 + n));
  await deliver({ remove: held.slice(0, 1_000), renew: held.slice(50_000, 51_990), add });
});
await measure("reading back all", async () => {
  let found = 0;
  for await (const page of target.list?.(signal) ?? []) found += page.length;
  if (found !== 101_000) throw new Error(`${found} read back`);
});

async function measure(what: string, work: () => Promise<unknown>): Promise<void> {
  far.asked.length = 0;
  const began = performance.now();
  await work();
  const bytes = far.asked.reduce((sum, asked) => sum + asked.bytes + encodeURI(asked.path).length, 0);
  const milliseconds = Math.round(performance.now() - began);
  process.stdout.write(`${JSON.stringify({ what, requests: far.asked.length, bytes, milliseconds })}\n`);
}

function deliver(parts: Partial<Delta>) {
  return target.apply({ add: [], renew: [], remove: [], ...parts }, signal);
}

function anEntry(n: number): Entry {
  const type = TYPES[n % TYPES.length] ?? "";
  const event = Math.floor(n / 100);
  return {
    type,
    value: `value-${n}.example`,
    score: 50,
    expires: 1_900_000_000,
    reference: 1_700_000_000,
    origins: [
      {
        attributeUuid: `5f0b7d3e-0000-4000-8000-${String(n).padStart(12, "0")}`,
        category: "Network activity",
        comment: "",
        firstSeen: null,
        lastSeen: null,
        timestamp: 1_700_000_000 + n,
        eventId: event,
        eventUuid: `5f0b7d3e-0000-4000-9000-${String(event).padStart(12, "0")}`,
        eventInfo: `Campaign number ${event}`,
        eventDate: "2023-11-14",
        organisation: "CIRCL",
        organisationUuid: "55f6ea5e-2c60-40e5-964f-47a8950d210f",
        distribution: 3,
        tags: ["tlp:green", "type:OSINT"],
      },
    ],
  };
}
