import type { MispClient } from "./client.ts";
import { flagAt, idAt, type Json, textAt } from "./coerce.ts";
import { MispError, readAnswer } from "./errors.ts";

/** A warninglist that is enabled in MISP, without its entries. */
export interface EnabledList {
  id: number;
  name: string;
  category: string;
  /** All that the index tells of it, its version and the number of its entries among it: another whenever that changes. */
  header: string;
  /** It names no types. MISP writes them last when it updates a list: this one may still be on its way. */
  typeless: boolean;
}

const HEADER = ["name", "version", "type", "category", "valid_attributes", "warninglist_entry_count"];

/** The lists that are enabled in MISP. */
export async function enabledLists(client: MispClient, signal: AbortSignal): Promise<EnabledList[]> {
  const rows = await client.warninglists({ enabled: 1 }, signal);
  // Half of them would make the other half look disabled.
  return readAnswer("/warninglists/index", () => rows.map(enabledList));
}

function enabledList(row: Json): EnabledList {
  return {
    id: idAt(row),
    name: textAt(row, "name", 255),
    category: textAt(row, "category", 50),
    header: JSON.stringify(HEADER.map((key) => textAt(row, key))),
    typeless: row.valid_attributes === "",
  };
}

/**
 * Whether MISP says of a list by its name or number that it is disabled or gone. That the index leaves it out is not enough:
 * an answer may be empty for other reasons.
 */
export async function isDisabled(
  client: MispClient,
  { id, name }: { id: number; name: string },
  signal: AbortSignal,
): Promise<boolean> {
  const rows = await client.warninglists({ value: name }, signal);
  const enabled = readAnswer("/warninglists/index", () =>
    rows.filter((row) => idAt(row) === id).map((row) => flagAt(row, "enabled")),
  );
  if (enabled.length > 0) return !enabled.includes(true);
  try {
    await client.warninglist(id, signal);
    return false;
  } catch (error) {
    if (error instanceof MispError && error.meaning === "unknown") return true;
    throw error;
  }
}

/**
 * The body of a list in the public format, with the number and the category that MISP's export leaves out. `undefined`: MISP
 * is writing the list anew at this moment, and what there is of it so far is not the list.
 */
export async function listBody(
  client: MispClient,
  { id, name, category, typeless }: EnabledList,
  signal: AbortSignal,
): Promise<Json | undefined> {
  const body = await client.warninglist(id, signal);
  const types = body.matching_attributes;
  if (!typeless && Array.isArray(types) && types.length === 0) return undefined;
  return { name, ...body, id, ...(category ? { category } : {}) };
}
