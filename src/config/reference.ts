import { z } from "zod";
import { targetKinds } from "../targets/index.ts";
import type { TargetKind } from "../targets/target.ts";
import { describeType, type JsonSchema, keysOf, schemaOf } from "./reference-type.ts";
import { sections } from "./schema.ts";
import { commonTargetSettings } from "./target.ts";
import { shippedTtl } from "./ttl.ts";

const INTRODUCTION = `# Configuration

<!-- Made from the schemas in src/config and src/targets; test/docs.test.ts says how. -->

misp-courier reads one YAML file. Unknown keys, wrong types and missing variables are reported all at once, each with
its line and path; nothing is started then, and a running courier keeps the configuration it has.

* Durations are a number and a unit: \`90s\`, \`30m\`, \`12h\`, \`30d\`, \`2w\`, \`1y\`.
* \`\${NAME}\` stands for an environment variable, \`\${NAME:-default}\` has something in its place when it is unset or
  empty, \`$\${NAME}\` is not replaced. What a variable holds is always text, never YAML; a line
  break at its end is left out.
* Relative paths count from the folder of the file.`;

interface Row {
  key: string;
  type: string;
  initial: string;
  meaning: string;
}

/** The reference of every configuration key as Markdown, made from the schemas that check them. */
export function renderReference(): string {
  const top = keysOf(schemaOf(sections));
  const parts = top.map(({ key, schema }) => (key === "targets" ? renderTargets(schema) : renderSection(key, schema)));
  return `${[INTRODUCTION, ...parts].join("\n\n")}\n`;
}

function renderSection(name: string, schema: JsonSchema): string {
  const rows =
    schema.type === "object" || schema.type === "array" ? innerRows(name, schema) : [rowOf(name, schema, false)];
  return joinParts([
    `## ${name}`,
    schema.description,
    renderTable(rows),
    name === "indicators" ? renderTtl() : undefined,
  ]);
}

function renderTtl(): string {
  const lives = new Map<string, string[]>();
  for (const [type, seconds] of Object.entries(shippedTtl)) {
    const life = formatDays(seconds);
    lives.set(life, [...(lives.get(life) ?? []), `\`${type}\``]);
  }
  const rows = [...lives].map(([life, types]) => tableLine([life, types.join(", ")]));
  return ["The shipped `ttl` table:", "", tableLine(["lives", "types"]), "| --- | --- |", ...rows].join("\n");
}

/** In days, the unit in which people compare them. */
function formatDays(seconds: number | null): string {
  return seconds === null ? "never runs out" : `${seconds / 86_400}d`;
}

function renderTargets(schema: JsonSchema): string {
  const common = renderTable(innerRows("", schemaOf(commonTargetSettings)));
  const kinds = Object.entries(targetKinds).map(([type, kind]) => renderKind(type, kind));
  const name = "A name has up to 64 letters, digits, dots, underscores and hyphens. Every target has these keys:";
  return joinParts(["## targets", schema.description, name, common, ...kinds]);
}

function renderKind(type: string, kind: TargetKind): string {
  const rows = innerRows("", z.toJSONSchema(kind.settings, { io: "input", unrepresentable: "any" }));
  return joinParts([`### ${type}`, kind.summary, rows.length > 0 ? renderTable(rows) : undefined]);
}

/** The rows of the keys inside a schema, wherever they stand: in alternatives, in entries of lists and maps. */
function innerRows(prefix: string, schema: JsonSchema): Row[] {
  const own = keysOf(schema).flatMap(({ key, schema: inner, required }) => {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    const closed = typeof inner.shows === "string" && !inner.shows.includes("keys below");
    return [rowOf(path, inner, required), ...(closed ? [] : innerRows(path, inner))];
  });
  const alternatives = (schema.anyOf ?? schema.oneOf ?? []).flatMap((option) => nestedRows(prefix, option));
  const { items, additionalProperties } = schema;
  const entries = Array.isArray(items) ? [] : nestedRows(`${prefix}[]`, items);
  return [...own, ...alternatives, ...entries, ...nestedRows(`${prefix}.<name>`, additionalProperties)];
}

function nestedRows(prefix: string, schema: JsonSchema | boolean | undefined): Row[] {
  return typeof schema === "object" ? innerRows(prefix, schema) : [];
}

function rowOf(key: string, schema: JsonSchema, required: boolean): Row {
  return { key, type: describeType(schema), initial: initialOf(schema, required), meaning: schema.description ?? "" };
}

function initialOf({ default: initial, unset, properties }: JsonSchema, required: boolean): string {
  if (typeof unset === "string") return `\`${unset}\``;
  if (initial !== undefined && !properties)
    return `\`${typeof initial === "string" ? initial : JSON.stringify(initial)}\``;
  return required ? "**required**" : "–";
}

function renderTable(rows: readonly Row[]): string {
  const lines = rows.map(({ key, type, initial, meaning }) => tableLine([`\`${key}\``, type, initial, meaning]));
  return [tableLine(["key", "type", "default", "meaning"]), "| --- | --- | --- | --- |", ...lines].join("\n");
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.map((cell) => escaped(cell).replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
}

/** Code in backticks is shown as it is written, text might pass for markup. */
function escaped(cell: string): string {
  return cell.replaceAll(/`[^`]*`|</g, (part) => (part === "<" ? "&lt;" : part));
}

function joinParts(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join("\n\n");
}
