import type { Config } from "../config/schema.ts";
import { closest } from "../config/suggestion.ts";
import { UsageError } from "./command.ts";

/** Complains of a target that the configuration does not have, with the name that was most likely meant. */
export function demandTarget({ targets }: Pick<Config, "targets">, name: string): void {
  if (Object.hasOwn(targets, name)) return;
  const names = Object.keys(targets);
  const meant = closest(name, names);
  const question = meant === undefined ? "" : `, did you mean ${meant}?`;
  throw new UsageError(`there is no target ${name}${question}; there is ${names.join(", ") || "none"}`);
}
