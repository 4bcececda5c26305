import type { MispClient } from "./client.ts";
import { idAt, type Json, textAt } from "./coerce.ts";
import { readAnswer } from "./errors.ts";

/** A warninglist that is enabled in MISP, without its entries. */
export interface EnabledList {
  id: number;
  name: string;
  category: string;
  /** All that the index tells of it, its version and the number of its entries among it: another whenever that changes. */
  header: string;
}

const HEADER = ["name", "version", "type", "category", "valid_attributes", "warninglist_entry_count"];

/** The lists that are enabled in MISP. */
export async function enabledLists(client: MispClient, signal: AbortSignal): Promise<EnabledList[]> {
  const rows = await client.warninglists(signal);
  // Half of them would make the other half look disabled.
  return readAnswer("/warninglists/index", () => rows.map(enabledList));
}

function enabledList(row: Json): EnabledList {
  return {
    id: idAt(row),
    name: textAt(row, "name", 255),
    category: textAt(row, "category", 50),
    header: JSON.stringify(HEADER.map((key) => textAt(row, key))),
  };
}

/** The body of a list in the public format, with the number and the category that MISP's export leaves out. */
export async function listBody(
  client: MispClient,
  { id, name, category }: EnabledList,
  signal: AbortSignal,
): Promise<Json> {
  const body = await client.warninglist(id, signal);
  return { name, ...body, id, ...(category ? { category } : {}) };
}
