import { z } from "zod";
import { isComposite } from "../model/indicator.ts";
import { httpSettings } from "../targets/http/settings.ts";
import { targetKinds } from "../targets/index.ts";
import type { TargetKind } from "../targets/target.ts";
import { durationOrNever } from "./duration.ts";
import { filter } from "./filter.ts";
import { guardSettings } from "./guard.ts";
import { attributeType } from "./misp-types.ts";
import { closest } from "./suggestion.ts";
import { ttlOverrides } from "./ttl.ts";
import { score, text } from "./values.ts";
import { describeIssue, findings, unknownKey } from "./wording.ts";

/** The keys that every target has, whatever its `type`. */
export const commonTargetSettings = z.strictObject({
  type: text.describe("Kind of target, one of those below"),
  enabled: z.boolean().default(true).describe("Deliver to it"),
  retire: z
    .boolean()
    .default(false)
    .describe(
      "Remove everything that it holds, past its guard: do this before you take a target out of the configuration",
    ),
  filter: filter
    .default([])
    .describe(
      "Further rules for this target, after the common ones; only origins (attributes, events) that pass them are shown there",
    )
    .meta({ shows: "list of rules, as in `filter`" }),
  types: z
    .array(attributeType)
    .min(1)
    .optional()
    .describe("Only these indicator types (of composite types, the parts); all unless set"),
  ttl: ttlOverrides
    .default({})
    .describe("On top of `indicators.ttl`; with a `default`, instead of it")
    .meta({ shows: "type → duration, or `never`" }),
  min_score: score.default(0).describe("Indicators with a lower score are not delivered"),
  batch: z.int().min(1).optional().describe("Most items in one delivery; depends on the kind unless set"),
  rate: z
    .number()
    .positive()
    .optional()
    .describe("Most items in a second; depends on the kind unless set, mostly no limit"),
  audit_every: durationOrNever
    .prefault("1d")
    .describe("How often the target is read back, and what it lost is sent again; never: only by `drift`"),
  guard: guardSettings
    .optional()
    .describe("Where this target's guard differs from the common `guard`")
    .meta({ shows: "keys as in `guard`" }),
});

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;
const NAME_HINT =
  "a target's name has up to 64 letters, digits, dots, underscores and hyphens, the first a letter or digit";

/** One target: its common keys, and the kind's own ones under `settings` as that kind's schema made them. */
const target = z.record(z.string(), z.unknown()).transform((given, context) => {
  const complain = (path: PropertyKey[], message: string) => context.addIssue({ code: "custom", path, message });
  const kind = kindOf(given.type);
  if (typeof given.type === "string" && !kind) complain(["type"], unknownType(given.type));
  const { common, own } = divide(given, kind, complain);
  const shared = commonTargetSettings.safeParse(common, { error: describeIssue });
  const settings = kind?.settings.safeParse(own, { error: describeIssue });
  const found = [shared, settings].flatMap((result) => (result?.error ? findings(result.error) : []));
  for (const { path, given } of listedTypes(own)) {
    for (const { message } of attributeType.safeParse(given, { error: describeIssue }).error?.issues ?? []) {
      complain(path, message);
    }
  }
  const split = settings?.success === true && kind?.composites(settings.data) === false;
  for (const { path, message } of [...found, ...neverHeld(given.types, own, split)]) complain(path, message);
  return shared.success && settings?.success ? { ...shared.data, settings: settings.data } : z.NEVER;
});

/** The `targets:` section: targets by name. */
export const targets = z.record(z.string().regex(NAME, { error: NAME_HINT }), target).superRefine((given, context) => {
  const owners = new Map<string, string>();
  for (const [name, { type, settings }] of Object.entries(given)) {
    for (const list of type === "http" ? Object.keys(httpSettings.parse(settings).lists) : []) {
      const owner = owners.get(list);
      const message = `target ${owner} has a list of this name, too, and there is one /lists/${list}.txt`;
      if (owner !== undefined) context.addIssue({ code: "custom", path: [name, "lists", list], message });
      owners.set(list, owner ?? name);
    }
  }
});

/** The names of a kind's own keys, wherever its schema allows them. */
function settingKeys(kind: TargetKind): string[] {
  return propertyNames(z.toJSONSchema(kind.settings, { io: "input", unrepresentable: "any" }));
}

function propertyNames({ properties, anyOf, oneOf, allOf }: z.core.JSONSchema.BaseSchema): string[] {
  const branches = [...(anyOf ?? []), ...(oneOf ?? []), ...(allOf ?? [])];
  const deeper = branches.flatMap((branch) => (typeof branch === "boolean" ? [] : propertyNames(branch)));
  return [...Object.keys(properties ?? {}), ...deeper];
}

/** Parts the common keys from the kind's own; a key that is neither is named and left out. */
function divide(
  given: Record<string, unknown>,
  kind: TargetKind | undefined,
  complain: (path: PropertyKey[], message: string) => void,
) {
  const shared = Object.keys(commonTargetSettings.shape);
  const ownKeys = kind ? settingKeys(kind) : Object.values(targetKinds).flatMap(settingKeys);
  const common: Record<string, unknown> = {};
  const own: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(given)) {
    if (shared.includes(key)) common[key] = value;
    else if (ownKeys.includes(key)) own[key] = value;
    else complain([key], unknownKey(key, [...shared, ...ownKeys]));
  }
  return { common, own };
}

/** The types that lists are to hold, as `lists: {name: [type]}` or `lists: {name: {types: [type]}}` has them. */
function listedTypes({ lists }: Record<string, unknown>): { path: PropertyKey[]; given: string }[] {
  return Object.entries(Object(lists)).flatMap(([name, list]) => {
    const path = Array.isArray(list) ? ["lists", name] : ["lists", name, "types"];
    const types: unknown = Array.isArray(list) ? list : Reflect.get(Object(list), "types");
    if (!Array.isArray(types)) return [];
    return types.flatMap((given, n) =>
      typeof given === "string" && given !== "" ? [{ path: [...path, n], given }] : [],
    );
  });
}

/** What the target's `types` can never bring to it, and what would be empty for that reason, without a word. */
function neverHeld(types: unknown, own: Record<string, unknown>, split: boolean) {
  if (!Array.isArray(types)) return [];
  const found: { path: PropertyKey[]; message: string }[] = [];
  for (const [n, type] of types.entries()) {
    if (!split || typeof type !== "string" || !isComposite(type)) continue;
    // Who names a part of it as well has thought of that.
    if (type.split("|").some((part) => part !== type && types.includes(part))) continue;
    found.push({ path: ["types", n], message: `composite types are split: name the parts of ${type}` });
  }
  for (const name of Object.keys(Object(own.lists))) {
    const listed = listedTypes(own).filter(({ path }) => path[1] === name);
    if (listed.length === 0 || listed.some(({ given }) => types.includes(given))) continue;
    found.push({ path: ["lists", name], message: "would always be empty: the target's own `types` has none of these" });
  }
  return found;
}

function kindOf(type: unknown): TargetKind | undefined {
  return typeof type === "string" && Object.hasOwn(targetKinds, type) ? targetKinds[type] : undefined;
}

function unknownType(given: string): string {
  const known = Object.keys(targetKinds);
  const suggestion = closest(given, known);
  const question = suggestion === undefined ? "" : `, did you mean "${suggestion}"?`;
  return `unknown type of target${question} (known: ${known.join(", ")})`;
}
