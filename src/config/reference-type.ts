import { z } from "zod";

/** A schema as data; `shows` and `unset` are our own notes on it: how to call the type, what holds without the key. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What a person may write, as JSON Schema. */
export function schemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
}

/** The keys of an object schema in their order. */
export function keysOf({ properties, required }: JsonSchema): { key: string; schema: JsonSchema; required: boolean }[] {
  return Object.entries(properties ?? {}).map(([key, schema]) => ({
    key,
    schema: typeof schema === "boolean" ? {} : schema,
    required: required?.includes(key) ?? false,
  }));
}

/** A type in a few words, for the reference. */
export function describeType(schema: JsonSchema | boolean | undefined): string {
  if (typeof schema !== "object") return "anything";
  if (typeof schema.shows === "string") return schema.shows;
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(" or ");
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return [...new Set(alternatives.map(describeType))].join(" or ");
  return describePlain(schema);
}

function describePlain(schema: JsonSchema): string {
  switch (schema.type) {
    case "string":
      return "text";
    case "boolean":
      return "true or false";
    case "null":
      return "`null`";
    case "number":
    case "integer":
      return describeNumber(schema);
    case "array":
      return Array.isArray(schema.items) ? "list" : describeList(schema.items);
    case "object":
      return schema.properties ? "keys below" : `name → ${describeType(schema.additionalProperties)}`;
    default:
      return "anything";
  }
}

function describeList(items: JsonSchema | boolean | undefined): string {
  if (typeof items === "object" && items.type === "object" && items.properties) return "list of groups, keys below";
  return `list of ${describeType(items)}`;
}

function describeNumber({ type, minimum, maximum }: JsonSchema): string {
  const kind = type === "integer" ? "whole number" : "number";
  const bounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  if (minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER) return kind;
  return bounded ? `${kind} ${minimum}–${maximum}` : `${kind} from ${minimum}`;
}
