/** How the entries of a list are compared with a value, by MISP's names. */
export const WARNINGLIST_KINDS = ["cidr", "hostname", "string", "substring", "regex"] as const;
export type WarninglistKind = (typeof WARNINGLIST_KINDS)[number];

/** What a hit says: `false_positive` that the value is harmless, `known` only that it is known. */
export type WarninglistCategory = "false_positive" | "known";

/** What is told of a list wherever it is named. */
export interface WarninglistSummary {
  /** MISP's number of it; `undefined` for a list from a file. */
  id?: number | undefined;
  name: string;
  category: WarninglistCategory;
}

/** One warninglist, its entries as MISP stores them. */
export interface Warninglist extends WarninglistSummary {
  type: WarninglistKind;
  version: number;
  /** The attribute types that it is for; `ALL` stands for every one. */
  matchingAttributes: readonly string[];
  entries: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a list in the format of the public lists (which `/warninglists/export` speaks, too) or as `/warninglists/view`
 * answers. `fallbackName` names a list that does not name itself.
 * @throws Error with one sentence that names the list and what is wrong with it
 */
export function parseWarninglist(json: unknown, fallbackName: string): Warninglist {
  if (!isFields(json)) throw new Error(`Warninglist ${fallbackName}: it must be a JSON object.`);
  const row = json.Warninglist;
  const fields = isFields(row) ? row : json;
  const name = typeof fields.name === "string" && fields.name !== "" ? fields.name : fallbackName;
  try {
    return isFields(row) ? viewedList(row, name) : publicList(json, name);
  } catch (cause) {
    throw new Error(`Warninglist ${name}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

function publicList(fields: Fields, name: string): Warninglist {
  const { list } = fields;
  if (list === undefined) throw new Error("it has no list.");
  const entries = isFields(list) ? Object.keys(list) : texts(list, "list");
  // MISP leaves out of a file what PHP calls empty.
  return {
    name,
    ...header(fields),
    ...types(fields.matching_attributes),
    entries: entries.filter((text) => text !== "0"),
  };
}

function viewedList(row: Fields, name: string): Warninglist {
  const id = Number(row.id);
  if (!Number.isSafeInteger(id) || id < 1) throw new Error("its id must be a number above 0.");
  const entries = texts(column(row.WarninglistEntry, "value", "WarninglistEntry"), "WarninglistEntry");
  const attributeTypes = column(row.WarninglistType ?? [], "type", "WarninglistType");
  return { id, name, ...header(row), ...types(attributeTypes), entries };
}

/** What both formats call by the same name; MISP takes a list without a type for one of strings, version 1. */
function header({ type = "string", version = 1, category = "false_positive" }: Fields) {
  const kind = WARNINGLIST_KINDS.find((known) => known === (Array.isArray(type) ? type[0] : type));
  if (kind === undefined) throw new Error(`its type must be one of ${WARNINGLIST_KINDS.join(", ")}.`);
  const number = typeof version === "string" && version.trim() !== "" ? Number(version) : version;
  if (typeof number !== "number" || !Number.isFinite(number)) throw new Error("its version must be a number.");
  if (category !== "false_positive" && category !== "known") {
    throw new Error("its category must be false_positive or known.");
  }
  return { type: kind, version: number, category } as const;
}

/** A list that names no types is for all of them. */
function types(given: unknown): Pick<Warninglist, "matchingAttributes"> {
  const named = texts(given ?? [], "matching_attributes");
  return { matchingAttributes: named.length === 0 ? ["ALL"] : named };
}

/** Texts, without those that say nothing: an empty substring would be part of every value. */
function texts(given: unknown, where: string): string[] {
  if (!Array.isArray(given)) throw new Error(`its ${where} must be a list.`);
  const kept: string[] = [];
  for (const [index, item] of given.entries()) {
    if (typeof item === "string" || typeof item === "number") kept.push(String(item));
    else if (item !== null) throw new Error(`element ${index + 1} of its ${where} is no text.`);
  }
  return kept.filter((text) => text !== "");
}

function column(rows: unknown, name: string, where: string): unknown[] {
  if (!Array.isArray(rows)) throw new Error(`its ${where} must be a list.`);
  return rows.map((row: unknown) => (isFields(row) ? row[name] : row));
}

function isFields(given: unknown): given is Fields {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}
