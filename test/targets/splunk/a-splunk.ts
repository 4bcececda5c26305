import { onTestFinished } from "vitest";
import type { Indicator } from "../../../src/model/indicator.ts";
import { splunk } from "../../../src/targets/splunk.ts";
import type { Target } from "../../../src/targets/target.ts";
import type { FarSide } from "../far-side.ts";
import type { Asked, Fault } from "./stand-in-splunk.ts";
import { StandInSplunk } from "./stand-in-splunk.ts";

/** A `splunk` target and the Splunk that it talks to. */
export interface ASplunk extends FarSide {
  far: StandInSplunk;
  /** Milliseconds that are added to a fixed time. */
  later: { by: number };
}

/** 14 November 2023, milliseconds. */
export const NOW = 1_700_000_000_000;

/** Opens a target at a new stand-in; gone after the test. `hec` stands for its event collector. */
export async function openSplunk(settings: object = {}, { hec }: { hec?: object } = {}): Promise<ASplunk> {
  const far = await StandInSplunk.start();
  const close = () => far[Symbol.asyncDispose]();
  onTestFinished(close);
  const collector = hec ? { hec: { url: far.url, token: far.collector.token, ...hec } } : {};
  const later = { by: 0 };
  const target = await openTarget({ url: far.url, token: far.token, ...collector, ...settings }, later);
  return { target, far, later, held: async () => heldIn(far), close };
}

/** Opens a target as a start of the courier does. */
export function openTarget(settings: object, later = { by: 0 }): Promise<Target> {
  const context = { name: "siem", resolve: (path: string) => path, clock: () => NOW + later.by, state: "" };
  return splunk.open(splunk.settings.parse(settings), context);
}

/** The documents of one collection, in the order in which they came. */
export function documents({ far }: ASplunk, collection: string, app = "misp_courier"): Record<string, unknown>[] {
  return [...far.collections.find(app, collection).documents.values()];
}

/** The requests since the target was opened, without their address: `POST batch_save`. */
export function asked({ far }: ASplunk): string[] {
  return far.asked.map(
    ({ method, path }) => `${method} ${path.replace(/^.*\/(?=[^/?]+(\?|$))/, "").replace(/\?.*/s, "")}`,
  );
}

/** Lets the requests fail whose path has this in it, the first `times` of them. */
export function failing({ far }: ASplunk, part: string, fault: Fault, times = Number.POSITIVE_INFINITY): void {
  let left = times;
  far.fault = ({ path }: Asked) => (path.includes(part) && left-- > 0 ? fault : undefined);
}

/** Everything that `list` gives. */
export async function listed({ target }: ASplunk) {
  const pages = [];
  for await (const page of target.list?.(new AbortController().signal) ?? []) pages.push(...page);
  return pages;
}

function heldIn(far: StandInSplunk): Indicator[] {
  const names = far.collections.of("misp_courier");
  return names.flatMap(({ name, documents: held }) =>
    [...held.values()].map(({ type, value }) => ({
      type: String(type ?? name.replace("tsi_misp_", "").replaceAll("_", "|")),
      value: String(value),
    })),
  );
}
