import { z } from "zod";
import { closest } from "./suggestion.ts";

/** One thing that a schema found, said for the person who wrote the file. */
export interface Finding {
  path: PropertyKey[];
  message: string;
}

/** What is wrong with a value, in our words and without the value: it may be a secret. Give it to zod as `error`. */
export function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return wrongType(issue.expected, issue.input);
    case "invalid_value":
      return `must be ${issue.values.map(String).join(" or ")}`;
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(key, knownKeys(issue.inst))).join("\n");
    case "too_small":
      return limit(issue.origin, issue.inclusive === false ? "more than" : "at least", issue.minimum);
    case "too_big":
      return limit(issue.origin, issue.inclusive === false ? "less than" : "at most", issue.maximum);
    case "invalid_union":
      return wrongType("other", issue.input);
    default:
      return undefined;
  }
}

/** The sentence about a key that nobody knows. */
export function unknownKey(key: string, known: readonly string[]): string {
  const suggestion = closest(key, known);
  return suggestion === undefined ? UNKNOWN : `${UNKNOWN}, did you mean "${suggestion}"?`;
}

const UNKNOWN = "unknown key";

/** Whether a finding is about a key itself, and not about what stands behind it. */
export function isUnknownKey(message: string): boolean {
  return message.startsWith(UNKNOWN);
}

/** Everything that a schema found, one finding a key, of alternatives the one that was meant. */
export function findings(error: z.core.$ZodError): Finding[] {
  return error.issues.flatMap(expand);
}

function expand(issue: z.core.$ZodIssue): Finding[] {
  const { path, message } = issue;
  if (issue.code === "unrecognized_keys") {
    // describeIssue said one line for each of the keys, in their order.
    const sentences = message.split("\n");
    return issue.keys.map((key, index) => ({ path: [...path, key], message: sentences[index] ?? UNKNOWN }));
  }
  if (issue.code === "invalid_key") return [{ path, message: issue.issues[0]?.message ?? message }];
  const meant = issue.code === "invalid_union" ? issue.errors.find((branch) => !branch.some(isOtherKind)) : undefined;
  if (!meant) return [{ path, message }];
  return meant.flatMap(expand).map((finding) => ({ ...finding, path: [...path, ...finding.path] }));
}

/** True when the value is not even of the kind that an alternative takes. */
function isOtherKind({ path, code }: z.core.$ZodIssue): boolean {
  return path.length === 0 && (code === "invalid_type" || code === "invalid_value");
}

function knownKeys(schema: unknown): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

const KINDS: Record<string, string> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a group of keys",
  record: "a group of keys",
};

function wrongType(expected: string, input: unknown): string {
  if (input === undefined) return "is missing";
  if (input === null) return "has no value: give it one or remove the key";
  return expected in KINDS ? `must be ${KINDS[expected]}` : "has a value of the wrong kind";
}

function limit(origin: string, bound: string, amount: number | bigint): string {
  if (origin === "string") return amount === 1 ? "must not be empty" : `must have ${bound} ${amount} characters`;
  return origin === "array" ? `must have ${bound} ${amount} entries` : `must be ${bound} ${amount}`;
}
