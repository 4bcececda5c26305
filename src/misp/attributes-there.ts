import type { MispClient } from "./client.ts";
import { booleanAt, uuidAt } from "./coerce.ts";
import { readAnswer } from "./errors.ts";

const PATH = "/attributes/restSearch";

/**
 * Which of these attributes MISP has; `undefined` when its answer cannot be relied on: one that lacks `witness`, which MISP has
 * just shown, or that brings what was not asked for, says nothing of what it lacks.
 */
export async function attributesThere(
  client: MispClient,
  uuids: readonly string[],
  witness: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  const asked = new Set([...uuids, witness]);
  const query = { uuid: [...asked], deleted: [0, 1], limit: asked.size + 1, page: 1 };
  const { rows, skipped } = await client.searchAttributes(query, signal);
  const found = readAnswer(PATH, () => rows.map((row) => [uuidAt(row), booleanAt(row, "deleted")] as const));
  const there = new Set(found.filter(([, deleted]) => !deleted).map(([uuid]) => uuid));
  const isAnswer = skipped === 0 && there.has(witness) && found.every(([uuid]) => asked.has(uuid));
  return isAnswer ? there : undefined;
}
