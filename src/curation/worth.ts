import type { Knowledge } from "./knowledge.ts";
import type { Support } from "./qualify.ts";
import type { Evidence } from "./score.ts";
import { tagValues } from "./tag-values.ts";
import type { WarninglistVerdict } from "./warninglists/roles.ts";

/** What one support says of its indicator's score. */
export type Worth = Pick<Evidence, "organisation" | "tags" | "lowered" | "told">;

/** What is known of who wrote an attribute, of its tags, and of its value; `null` when that is nothing. */
export function worthOf({ attribute, event }: Support, warned: WarninglistVerdict, knowledge: Knowledge): Worth | null {
  const trust = event.creator.uuid === null ? null : knowledge.trust.trustOf(event.creator.uuid);
  const name = event.creator.name ?? event.creator.uuid ?? "";
  const organisation = trust ? { trust: trust.level.score, name: `${name} (${trust.level.list})` } : undefined;
  const told = attribute.score ?? undefined;
  // What another courier made of organisation and tags is in its score already.
  if (told !== undefined) return { organisation: undefined, tags: [], lowered: loweredBy(warned), told };
  const tags = tagValues(attribute.tags, event.tags);
  const lowered = loweredBy(warned);
  return organisation || tags.length > 0 || lowered.length > 0 ? { organisation, tags, lowered } : null;
}

function loweredBy(warned: WarninglistVerdict): Worth["lowered"] {
  return warned.hits.flatMap(({ list, role }) =>
    typeof role === "object" ? [{ list: list.name, points: role.lower }] : [],
  );
}

/** The best word for an indicator among those who hold it up; what lowers it counts once, whoever it comes from. */
export function bestOf(worths: readonly (Worth | null)[]): Worth {
  const known = worths.filter((worth) => worth !== null);
  const [only = NO_WORD] = known;
  if (known.length <= 1) return only;
  const organisations = known.flatMap(({ organisation }) => organisation ?? []);
  const lowered = new Map(known.flatMap(({ lowered }) => lowered.map((hit) => [hit.list, hit] as const)));
  return {
    organisation: organisations.toSorted((one, other) => other.trust - one.trust)[0],
    tags: known.map(({ tags }) => tags).toSorted((one, other) => mean(other) - mean(one))[0] ?? [],
    lowered: [...lowered.values()],
    told: known.reduce<number | undefined>(
      (best, { told }) => (best === undefined ? told : Math.max(best, told ?? 0)),
      undefined,
    ),
  };
}

const NO_WORD: Worth = { organisation: undefined, tags: [], lowered: [] };

function mean(tags: Worth["tags"]): number {
  return tags.length === 0 ? -1 : tags.reduce((total, { value }) => total + value, 0) / tags.length;
}
