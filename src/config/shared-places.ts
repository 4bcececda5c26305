import { targetKinds } from "../targets/index.ts";
import type { Rival } from "./rival.ts";
import type { Config } from "./schema.ts";

/** The targets that fill the same collections or sets as another: what one takes out, the other believes to be there. */
export function sharedPlaces(targets: Config["targets"]): Rival[] {
  const filling = Object.entries(targets).flatMap(([name, { type, enabled, types, settings }]) => {
    const place = enabled ? targetKinds[type]?.fills?.(settings) : undefined;
    return place === undefined ? [] : [{ name, place: `${type} ${place}`, types }];
  });
  return filling.flatMap(({ name, place, types }, index) => {
    const owner = filling
      .slice(0, index)
      .find((other) => other.place === place && haveTypeInCommon(types, other.types));
    const message = `target ${owner?.name} fills the same there, and each would undo what the other does: give one another prefix, or other types`;
    return owner ? [{ name, key: "url", message }] : [];
  });
}

/** Of which types there is something; missing: all. */
type Types = readonly string[] | undefined;

export function haveTypeInCommon(one: Types, other: Types): boolean {
  return !one || !other || one.some((type) => other.includes(type));
}
