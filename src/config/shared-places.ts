import { targetKinds } from "../targets/index.ts";
import type { Config } from "./schema.ts";

/** A target that fills what another one, named before it, fills as well. */
export interface SharedPlace {
  name: string;
  owner: string;
}

/** Kinds that make the far side hold just what they deliver, whoever else fills it. */
const FILLED = new Set(["splunk", "qradar"]);

/** The enabled targets that fill the same collections or sets as another: what one takes out, the other believes to be there. */
export function sharedPlaces(targets: Config["targets"]): SharedPlace[] {
  const filling = Object.entries(targets).flatMap(([name, { type, enabled, types, settings }]) => {
    const place = enabled && FILLED.has(type) ? targetKinds[type]?.place(settings) : undefined;
    return place === undefined ? [] : [{ name, place: `${type} ${place}`, types }];
  });
  return filling.flatMap(({ name, place, types }, index) => {
    const owner = filling
      .slice(0, index)
      .find((other) => other.place === place && haveTypeInCommon(types, other.types));
    return owner ? [{ name, owner: owner.name }] : [];
  });
}

/** Of which types there is something; missing: all. */
type Types = readonly string[] | undefined;

export function haveTypeInCommon(one: Types, other: Types): boolean {
  return !one || !other || one.some((type) => other.includes(type));
}
