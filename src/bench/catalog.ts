import { busy, changed, count, curated, edited, flood, flooded, fresh, load, repeated, thumb, thumbs } from "./how.ts";
import type { Sizes } from "./sizes.ts";

/** What is measured, and what it stands beside. */
export interface Kind {
  /** What a reader of the table calls it. */
  title: string;
  unit: string;
  /** What it is to reach; missing where it only explains another figure. */
  target?: string;
  /** What was measured of the peers, where they do the same. */
  peer?: string;
  /** How it was taken. */
  how: (sizes: Sizes) => string;
}

/** Every figure by its name, in the order of the table. */
export const catalog = {
  "flood-ratio-repeated": { title: "flood ÷ bare pipeline, repeated keys", target: "≥ 0.35", ...flood.ratio(repeated) },
  "flood-ratio-edited": { title: "flood ÷ bare pipeline, all edits", ...flood.ratio(edited) },
  "flood-ratio-new": { title: "flood ÷ bare pipeline, new keys", target: "≥ 0.25", ...flood.ratio(fresh) },
  "flood-rate-repeated": { title: "flood, repeated keys", ...flood.rate(repeated) },
  "flood-rate-edited": { title: "flood, all edits", ...flood.rate(edited) },
  "flood-rate-new": { title: "flood, new keys", ...flood.rate(fresh) },
  "flood-cpu-repeated": { title: "CPU of a message, repeated keys", ...flood.cpu(repeated) },
  "flood-cpu-edited": { title: "CPU of a message, all edits", ...flood.cpu(edited) },
  "flood-cpu-new": { title: "CPU of a message, new keys", ...flood.cpu(fresh) },
  "bare-cpu": {
    title: "CPU of a message, bare pipeline",
    unit: "µs/message",
    how: (sizes) => `${flooded(sizes)}; received and parsed, nothing else`,
  },
  "lost-paced": {
    title: "messages lost at a steady rate",
    unit: "messages",
    target: "0",
    peer: "Threat Bus 50 % at 2,000/s",
    how: ({ loss: { rate, seconds } }) => `${count(rate)} a second for ${seconds} s; the publisher drops nothing`,
  },
  "lost-burst": {
    title: "messages lost of a burst",
    unit: "messages",
    target: "0",
    peer: "Threat Bus 92 %",
    how: ({ loss: { burst } }) => `${count(burst)} as fast as a process can send; the publisher drops nothing`,
  },
  "dropped-by-misp": {
    title: "messages that a publisher like MISP's drops of the burst",
    unit: "messages",
    how: ({ loss: { burst } }) => `${count(burst)} attributes at once, send mark of 1,000 as MISP has it`,
  },
  "missing-after-catch-up": {
    title: "of these, still missing after one catch-up",
    unit: "indicators",
    target: "0",
    peer: "Threat Bus and the curation script never ask again",
    how: () => "what is on the lists against what MISP has published",
  },
  "catch-up-time": {
    title: "until they are back",
    unit: "s",
    how: () => "from the request for a catch-up until the lists are complete",
  },
  "thumb-idle-p50": { title: "thumbs-down, half within", ...thumb, target: "≤ 60", how: thumbs },
  "thumb-idle-p99": { title: "thumbs-down, 99 of 100 within", ...thumb, target: "≤ 250", how: thumbs },
  "thumb-busy-p50": { title: "thumbs-down under load, half within", ...thumb, target: "≤ 60", how: busy },
  "thumb-busy-p99": { title: "thumbs-down under load, 99 of 100 within", ...thumb, target: "≤ 250", how: busy },
  "idle-cpu": {
    title: "CPU when nothing happens",
    unit: "% of a core",
    target: "≤ 1",
    peer: "MISP-Broker 75",
    how: ({ thumb: { held, idle } }) => `${count(held)} indicators held, over ${idle} s`,
  },
  "first-load-small": {
    title: "first load, small",
    unit: "s",
    peer: "MISP-Broker 60 at 10,000",
    how: ({ firstLoads }) => load(firstLoads[0]),
  },
  "first-load-large": {
    title: "first load, large",
    unit: "s",
    target: "≤ 30",
    peer: "MISP-Broker not done after 2,400 at 100,000",
    how: ({ firstLoads }) => load(firstLoads[1]),
  },
  "first-load-largest": {
    title: "first load, largest",
    unit: "s",
    how: ({ firstLoads }) => `${load(firstLoads[2])}; much of it is the stand-in's own searching`,
  },
  "first-load-memory": {
    title: "most memory during the large first load",
    unit: "MB",
    peer: "MISP-Broker 365",
    how: ({ firstLoads }) => `resident, sampled; ${count(firstLoads[1] ?? 0)} indicators`,
  },
  "memory-start": {
    title: "memory at the start",
    unit: "MB",
    target: "≤ 150",
    peer: "MISP-Broker 200, Threat Bus 64",
    how: () => "resident, empty ledger, after the first catch-up",
  },
  "memory-held": {
    title: "memory with a large ledger",
    unit: "MB",
    target: "≤ 400",
    peer: "MISP-Broker 250 to 365 at 100,000, Threat Bus 68 without a ledger",
    how: ({ ledger }) => `resident, ledger of ${count(ledger)}, after a tenth as many more came in and were delivered`,
  },
  "memory-dead-target": {
    title: "memory that a dead target costs",
    unit: "MB",
    target: "flat",
    how: ({ deadChanges }) =>
      `resident memory over the last tenth of ${count(deadChanges)} new indicators less that over the first, medians`,
  },
  "journal-dead-target": {
    title: "journal of a dead target",
    unit: "bytes",
    target: "flat",
    how: ({ deadChanges }) => `size of journal.json after these ${count(deadChanges)}`,
  },
  "change-small": {
    title: "one change, small ledger",
    unit: "µs CPU",
    how: ({ change }) => changed(change.ledgers[0]),
  },
  "change-large": {
    title: "one change, large ledger",
    unit: "µs CPU",
    how: ({ change }) => changed(change.ledgers[1]),
  },
  "change-largest": {
    title: "one change, largest ledger",
    unit: "µs CPU",
    how: ({ change }) => changed(change.ledgers[2]),
  },
  "change-ratio": {
    title: "one change, largest measured ledger ÷ small",
    unit: "ratio",
    target: "≤ 2",
    how: ({ change }) => `median of ${change.rounds} interleaved rounds of ${count(change.changes)} changes`,
  },
  "curation-rate": {
    title: "events tagged and published",
    unit: "events/s",
    target: "≥ 50",
    peer: "curation script 0.49",
    how: ({ curation: { events } }) => `${count(events)} events of a trusted organisation at once; ${curated}`,
  },
  "curation-alone": {
    title: "one event, until it is published",
    unit: "ms",
    target: "≤ 20",
    peer: "curation script 17",
    how: ({ curation: { singles } }) => `from its last message on; median of ${singles}; ${curated}`,
  },
  "curation-behind": {
    title: "one event behind other traffic, until it is published",
    unit: "ms",
    target: "≤ 20",
    peer: "curation script 40,000",
    how: ({ curation: { singles, ahead } }) =>
      `the same, right behind ${ahead} events of somebody else; median of ${singles}`,
  },
  "stix-rate": {
    title: "from MISP's feed to STIX on a bus",
    unit: "messages/s",
    peer: "Threat Bus 739",
    how: ({ flood: { messages } }) =>
      `${count(messages)} new attributes from a publisher process, until a subscriber of a zeromq target has heard the last`,
  },
  "stix-cpu": {
    title: "CPU of a message, to STIX on a bus",
    unit: "µs/message",
    peer: "Threat Bus 1,230",
    how: () => "the same; all threads: received, saved, judged, made STIX, sent",
  },
} as const satisfies Record<string, Kind>;

/** The name of a figure. */
export type FigureName = keyof typeof catalog;
