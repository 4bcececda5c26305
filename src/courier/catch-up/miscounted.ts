import { attributesThere } from "../../misp/attributes-there.ts";
import type { Notice } from "../../model/notice.ts";
import type { CatchUpOptions } from "./options.ts";

/** Of so many attributes it is asked at once whether they are there. */
const AT_ONCE = 1_000;

/**
 * What an event has where MISP's answer holds less than it says. MISP counts what it hides from our key, and its count goes wrong: what
 * the answer lacks is asked for by name before it is believed to be gone. Nothing where that cannot be told.
 */
export async function miscounted(
  { client, ledger, signal }: CatchUpOptions,
  answer: readonly Notice[],
): Promise<Notice[]> {
  const event = answer.find((notice) => notice.kind === "event")?.event;
  const shown = answer.flatMap((notice) => (notice.kind === "attribute" ? notice.attribute.uuid : []));
  const [witness] = shown;
  if (!event || witness === undefined || answer.some(({ kind }) => kind === "contents")) return [];
  const { missing, hidden } = ledger.eventListings.beside(event.id, new Set(shown));
  if (missing.length === 0) return [];
  const attributes = new Set([...shown, ...hidden]);
  for (let start = 0; start < missing.length; start += AT_ONCE) {
    const there = await attributesThere(client, missing.slice(start, start + AT_ONCE), witness, signal);
    if (!there) return [];
    for (const attribute of there) attributes.add(attribute);
  }
  return [{ kind: "contents", id: event.id, uuid: event.uuid, attributes }];
}
