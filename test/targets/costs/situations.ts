import type { Delta, Entry } from "../../../src/model/delta.ts";
import { aDelta, anEntry, anOrigin } from "../../support/entries.ts";

/** What a target has to be told, and what it held before. */
export interface Situation {
  title: string;
  delta: Delta;
  /** It comes after an outage: the first try is a probe. */
  outage: boolean;
}

/** The types of the indicators, evenly spread. */
export const TYPES = ["ip-dst", "domain", "hostname", "url", "md5", "sha256"] as const;

const HELD = Array.from({ length: 100_000 }, (_, n) => theEntry(n));

/** In the order in which a target meets them: each finds what those before it left. */
export const SITUATIONS: readonly Situation[] = [
  { title: "first load of 100,000", delta: aDelta({ add: HELD }), outage: false },
  { title: "one thumbs-down", delta: aDelta({ remove: HELD.slice(0, 1) }), outage: false },
  {
    title: "renewal of 10,000",
    delta: aDelta({ renew: HELD.slice(10_000, 20_000).map(renewed) }),
    outage: false,
  },
  {
    title: "after an outage, 5,000 changes: 1,000 removed, 2,000 added, 2,000 renewed",
    delta: aDelta({
      remove: HELD.slice(20_000, 21_000),
      add: Array.from({ length: 2_000 }, (_, n) => theEntry(200_000 + n)),
      renew: HELD.slice(50_000, 52_000).map(renewed),
    }),
    outage: true,
  },
];

/** A delta as delivery hands it out: what is to go first, the first step of so many items at the most, then so many each. */
export function* steps({ remove, add, renew }: Delta, probe: number, most: number): Generator<Delta> {
  const items = [
    ...remove.map((item) => aDelta({ remove: [item] })),
    ...add.map((item) => aDelta({ add: [item] })),
    ...renew.map((item) => aDelta({ renew: [item] })),
  ];
  yield joined(items.slice(0, probe));
  for (let from = probe; from < items.length; from += most) yield joined(items.slice(from, from + most));
}

function joined(items: readonly Delta[]): Delta {
  return {
    add: items.flatMap(({ add }) => add),
    renew: items.flatMap(({ renew }) => renew),
    remove: items.flatMap(({ remove }) => remove),
  };
}

function renewed(entry: Entry): Entry {
  return { ...entry, expires: 1_950_000_000 };
}

function theEntry(n: number): Entry {
  const event = Math.floor(n / 100);
  const origin = anOrigin({
    attributeUuid: `5f0b7d3e-0000-4000-8000-${String(n).padStart(12, "0")}`,
    timestamp: 1_700_000_000 + n,
    eventId: event,
    eventUuid: `5f0b7d3e-0000-4000-9000-${String(event).padStart(12, "0")}`,
    eventInfo: `Campaign number ${event}`,
    tags: ["tlp:green", "type:OSINT"],
  });
  const type = TYPES[n % TYPES.length] ?? "domain";
  return anEntry({ type, value: valueAt(type, n), expires: 1_900_000_000, origins: [origin] });
}

/** A value such as MISP has them, of the length that is usual for its type. */
function valueAt(type: string, n: number): string {
  const hex = n.toString(16).padStart(8, "0");
  // One in six is an address: those of a network for benchmarks are enough.
  const host = Math.floor(n / TYPES.length);
  if (type === "ip-dst") return `198.18.${host >> 8}.${host & 255}`;
  if (type === "url") return `http://host-${n}.example/gate.php?id=${hex}`;
  if (type === "md5") return hex.repeat(4);
  return type === "sha256" ? hex.repeat(8) : `host-${n}.example`;
}
