import type { Config, TargetConfig } from "./schema.ts";

/** The targets that are delivered to, with their names. */
export function enabledTargets({ targets }: Pick<Config, "targets">): [name: string, target: TargetConfig][] {
  return Object.entries(targets).filter(([, { enabled }]) => enabled);
}
