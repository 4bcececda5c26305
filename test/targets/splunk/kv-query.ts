/** A document of a collection. */
export type Stored = Record<string, unknown>;

/** A query that no KV store takes. */
export class BadQuery extends Error {}

/** True when a document matches a query in the KV store's language, a part of MongoDB's. */
export function matches(document: Stored, query: unknown): boolean {
  if (!isRecord(query)) throw new BadQuery("JSON in the request is invalid. ( query is not an object )");
  return Object.entries(query).every(([name, wanted]) => {
    if (name === "$and") return parts(wanted).every((part) => matches(document, part));
    if (name === "$or") return parts(wanted).some((part) => matches(document, part));
    if (name === "$not") return !matches(document, wanted);
    return isRecord(wanted) ? satisfies(document[name], wanted) : holds(document[name], wanted);
  });
}

/** Documents in the order of `sort`: `field`, `field:1`, `field:-1`, several with commas. */
export function sorted(documents: readonly Stored[], sort: string | undefined): Stored[] {
  const keys = (sort ?? "").split(",").filter((key) => key !== "");
  return documents.toSorted((one, other) => {
    for (const key of keys) {
      const [name = "", direction = "1"] = key.split(":");
      const order = compare(one[name], other[name]) * Number(direction);
      if (order !== 0) return order;
    }
    return 0;
  });
}

/** A document with the `fields` alone: `a,b`, or without some: `a:0`. `_id` is the other name of `_key`. */
export function projected(document: Stored, fields: string | undefined): Stored {
  if (!fields) return document;
  const asked = fields.split(",").map((field): [string, boolean] => {
    const [name = "", shown = "1"] = field.split(":");
    return [name === "_id" ? "_key" : name, shown !== "0"];
  });
  const without = new Set(asked.filter(([, shown]) => !shown).map(([name]) => name));
  const only = new Set(asked.filter(([, shown]) => shown).map(([name]) => name));
  if (only.size > 0) only.add("_key");
  const isShown = (name: string) => !without.has(name) && (only.size === 0 || only.has(name));
  return Object.fromEntries(Object.entries(document).filter(([name]) => isShown(name)));
}

const OPERATORS: Readonly<Record<string, (value: unknown, operand: unknown) => boolean>> = {
  $gt: (value, operand) => comparable(value, operand) && compare(value, operand) > 0,
  $gte: (value, operand) => comparable(value, operand) && compare(value, operand) >= 0,
  $lt: (value, operand) => comparable(value, operand) && compare(value, operand) < 0,
  $lte: (value, operand) => comparable(value, operand) && compare(value, operand) <= 0,
  $ne: (value, operand) => !holds(value, operand),
  $not: (value, operand) => !satisfies(value, operand as Stored),
  $regex: (value, operand) => typeof value === "string" && new RegExp(String(operand)).test(value),
};

function satisfies(value: unknown, conditions: Stored): boolean {
  return Object.entries(conditions).every(([name, operand]) => {
    const operator = OPERATORS[name];
    if (!operator) throw new BadQuery(`JSON in the request is invalid. ( unknown operator ${name} )`);
    return operator(value, operand);
  });
}

function holds(value: unknown, wanted: unknown): boolean {
  return Array.isArray(value) ? value.includes(wanted) : value === wanted;
}

function comparable(one: unknown, other: unknown): boolean {
  return typeof one === typeof other;
}

function compare(one: unknown, other: unknown): number {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return Buffer.compare(Buffer.from(String(one ?? "")), Buffer.from(String(other ?? "")));
}

function parts(value: unknown): unknown[] {
  if (Array.isArray(value) && value.length > 0) return value;
  throw new BadQuery("JSON in the request is invalid. ( $and and $or need a list with something in it )");
}

export function isRecord(value: unknown): value is Stored {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
