import { enabledTargets } from "../../config/enabled-targets.ts";
import type { CourierConfig } from "../../config/schema.ts";
import { COMPOSITES, indicatorTypesOf } from "../../curation/split.ts";
import { timeToLive } from "../../curation/ttl.ts";
import type { LoadQuery } from "../../misp/first-load.ts";

/** From when on the ledger is to have what MISP holds, Unix seconds by indicator type, `default` for the others; 0 or less: all of it. */
export interface Reach {
  readonly [type: string]: number;
  readonly default: number;
}

/** How far back the configuration wants to look: as long as any target keeps anything, unless it names a time. */
export function reachOf(config: CourierConfig, now: number): Reach {
  const { misp, indicators } = config;
  const { first_load } = misp.catch_up;
  if (first_load.kind === "ago") return { default: now - first_load.seconds };
  if (first_load.kind === "since") return { default: first_load.time };
  const tables = [indicators.ttl, ...enabledTargets(config).map(([, { ttl }]) => ttl)];
  const since = (type: string) => {
    const lives = tables.map((table) => timeToLive(table, type));
    return Math.min(...lives.map((ttl) => (ttl === null ? 0 : Math.max(0, now - ttl))));
  };
  const types = new Set(tables.flatMap((table) => Object.keys(table)));
  return { ...Object.fromEntries([...types].map((type) => [type, since(type)])), default: since("default") };
}

/** From when on attributes of a type may hold up what is wanted: each of their parts may live as long as it is worth. */
export function reachOfAttribute(reach: Reach, type: string): number {
  return Math.min(...indicatorTypesOf(type).map((part) => reachOfType(reach, part)));
}

function reachOfType(reach: Reach, type: string): number {
  return (Object.hasOwn(reach, type) ? reach[type] : undefined) ?? reach.default;
}

/**
 * What to ask MISP for: what never runs out from the beginning, and of the rest what may still be alive, since it was changed
 * or seen so late.
 */
export function queriesOf(reach: Reach): LoadQuery[] {
  if (reach.default <= 0) return [{ types: null, since: 0 }];
  const types = [...new Set([...Object.keys(reach), ...COMPOSITES])].filter((type) => type !== "default");
  const endless = types.filter((type) => reachOfAttribute(reach, type) === 0);
  const earliest = Math.min(...Object.values(reach).filter((since) => since > 0));
  return [
    ...(endless.length > 0 ? [{ types: endless, since: 0 }] : []),
    { types: null, since: earliest },
    { types: null, since: 0, seen: earliest },
  ];
}

/** Whether all that is wanted was read. */
export function covers(read: Reach, wanted: Reach): boolean {
  return typesOf(read, wanted).every((type) => reachOfType(read, type) <= reachOfType(wanted, type));
}

/** What two readings together have read. */
export function together(one: Reach, other: Reach): Reach {
  const earlier = (type: string) => Math.min(reachOfType(one, type), reachOfType(other, type));
  const types = typesOf(one, other).map((type) => [type, earlier(type)]);
  return { ...Object.fromEntries(types), default: earlier("default") };
}

function typesOf(one: Reach, other: Reach): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])];
}
