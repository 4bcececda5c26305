import type { Indicator } from "../../../src/model/indicator.ts";
import { qradar } from "../../../src/targets/qradar.ts";
import type { Found, Target } from "../../../src/targets/target.ts";
import type { FarSide } from "../far-side.ts";
import { type StandInOptions, StandInQradar, TOKEN } from "./stand-in-qradar.ts";

/** A `qradar` target and the stand-in console that it talks to. */
export interface ConsoleSide extends FarSide {
  console: StandInQradar;
}

/** Opens a target at a console of its own. */
export async function openConsole(settings: object = {}, options: StandInOptions = {}): Promise<ConsoleSide> {
  const console = await StandInQradar.start(options);
  const target = await openTarget(console.url, settings, options.clock);
  return { target, console, held: async () => heldIn(console), close: () => console[Symbol.asyncDispose]() };
}

export function openTarget(url: string, settings: object = {}, clock = Date.now): Promise<Target> {
  const context = { name: "siem", resolve: (path: string) => path, clock, state: "" };
  return qradar.open(qradar.settings.parse({ url, token: TOKEN, ...settings }), context);
}

/** What the sets named `misp_…` hold; those of addresses by the type that they are for. */
function heldIn({ store }: StandInQradar): Indicator[] {
  return store.sets
    .filter(({ name }) => name.startsWith("misp_"))
    .flatMap(({ name, elements }) => {
      const type = name.slice("misp_".length).replace(/_(v6|net)$/, "");
      return [...elements.values()].map(({ value }) => ({ type, value }));
    });
}

/** The values of a set in their order; `undefined` when there is none. */
export function valuesOf({ store }: StandInQradar, name: string): string[] | undefined {
  const set = store.get(name);
  return set && [...set.elements.values()].map(({ value }) => value).sort();
}

/** Everything that a target reads back. */
export async function listed(target: Target): Promise<Found[]> {
  const found: Found[] = [];
  for await (const page of target.list?.(new AbortController().signal) ?? []) found.push(...page);
  return found;
}
