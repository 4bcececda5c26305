import type { Believed, ModelAttribute, ModelSighting } from "./believed.ts";

/** Rules as the oracle needs them, beside how the configuration says the same. */
export interface OracleRules {
  name: string;
  filter: readonly object[];
  exceptionTags: readonly string[];
  /** What the filter says of tags and of the types that an attribute's indicator goes by. */
  admits: (tags: ReadonlySet<string>, types: readonly string[]) => boolean;
}

export const RULES: readonly OracleRules[] = [
  { name: "no filter", filter: [], exceptionTags: [], admits: () => true },
  {
    name: "not what is red",
    filter: [{ not: { tags: ["TLP:R*"] } }],
    exceptionTags: ["soc:*"],
    admits: (tags) => !tags.has("tlp:red"),
  },
  {
    name: "green, or hashes",
    filter: [{ tags: ["tlp:green"] }, { types: ["md5"] }],
    exceptionTags: [],
    admits: (tags, types) => tags.has("tlp:green") || types.includes("md5"),
  },
];

/** Seconds that an indicator lives; hashes live for ever. */
export const TTL = 10 * 86_400;

/**
 * What a target is to hold, as `type value`.
 * `exactly`: to one who heard everything at once. `atLeast`: whatever was lost and made up for over REST. `atMost`: no matter
 * what was heard, nothing else may ever be held.
 */
export interface Desired {
  exactly: Set<string>;
  atLeast: Set<string>;
  atMost: Set<string>;
}

/** Follows a turn: what each attribute holds up now depends on what it held up before. */
export function follow(misp: Believed, rules: OracleRules): void {
  for (const attribute of misp.attributes.values()) {
    const now = partsOf(attribute).filter((part) => !isBarred(attribute, part.type, rules));
    const kept = now.filter(({ key }) => isPublished(attribute) || attribute.out.has(key));
    attribute.out = new Set(kept.map(({ key }) => key));
    if (attribute.deleted) continue;
    const barred = !attribute.toIds || isException(attribute.comment);
    if (!barred) for (const { key } of partsOf(attribute)) attribute.ofSecond.add(key);
    // Who missed the last of two changes of one second takes the first for what was published.
    if (isPublished(attribute)) for (const key of attribute.ofSecond) attribute.everOut.add(key);
  }
}

/** @param now Unix seconds */
export function desired(misp: Believed, rules: OracleRules, now: number): Desired {
  const lists: Desired = { exactly: new Set(), atLeast: new Set(), atMost: new Set() };
  const sightings = [...misp.sightings.values()];
  for (const key of new Set([...misp.attributes.values()].flatMap((one) => partsOf(one).map((part) => part.key)))) {
    const holders = [...misp.attributes.values()].flatMap((attribute) =>
      partsOf(attribute).flatMap((part) =>
        part.key === key && !isBarred(attribute, part.type, rules) ? [attribute] : [],
      ),
    );
    const lives = (those: ModelAttribute[]) => isAlive(key, those, sightings, now);
    if (lives(holders.filter(({ out }) => out.has(key)))) lists.exactly.add(key);
    if (lives(holders.filter((attribute) => isSurelyPublished(attribute)))) lists.atLeast.add(key);
    if (lives(holders.filter(({ everOut }) => everOut.has(key)))) lists.atMost.add(key);
  }
  return lists;
}

/** Whether those that hold it up, and the thumbs of its value, keep an indicator on the lists. */
function isAlive(key: string, holders: ModelAttribute[], sightings: ModelSighting[], now: number): boolean {
  const [type = "", value = ""] = key.split(" ");
  const ofValue = sightings.filter(({ attribute }) => !isComposite(attribute) && spelled(attribute.value) === value);
  if (isDown(ofValue)) return false;
  const holding = holders.filter((holder) => !isComposite(holder) || !isDown(thumbsOf(holder, sightings)));
  const seen = holding.flatMap((holder) => [
    holder.timestamp,
    ...ups(isComposite(holder) ? thumbsOf(holder, sightings) : []),
  ]);
  if (holding.length === 0) return false;
  return type === "md5" || type === "filename" || Math.max(...seen, ...ups(ofValue)) + TTL > now;
}

function thumbsOf(holder: ModelAttribute, sightings: ModelSighting[]): ModelSighting[] {
  return sightings.filter(({ attribute }) => attribute.id === holder.id);
}

function ups(sightings: ModelSighting[]): number[] {
  return sightings.filter(({ type }) => type === 0).map(({ date }) => date);
}

function isDown(sightings: ModelSighting[]): boolean {
  const downs = sightings.filter(({ type }) => type !== 0).map(({ date }) => date);
  return downs.length > 0 && Math.max(...downs) >= Math.max(0, ...ups(sightings));
}

function isPublished({ changed, event }: ModelAttribute): boolean {
  return event.publishedAt > changed;
}

/** Once there were edits, REST can no longer tell what of the second of a publication came before it. */
function isSurelyPublished(attribute: ModelAttribute): boolean {
  const { event, timestamp } = attribute;
  return isPublished(attribute) && (event.published || event.publishTimestamp > timestamp);
}

function isException(comment: string): boolean {
  return comment.toLowerCase().includes("soc exception");
}

/** What takes it off whether or not it was published. */
function isBarred(attribute: ModelAttribute, type: string, rules: OracleRules): boolean {
  const tags = new Set([...attribute.tags.keys(), ...attribute.event.tags]);
  if (attribute.deleted || !attribute.toIds || isException(attribute.comment)) return true;
  if (rules.exceptionTags.length > 0 && tags.has("soc:exception")) return true;
  return !rules.admits(tags, [type, attribute.type]);
}

function isComposite({ type }: ModelAttribute): boolean {
  return type.includes("|");
}

function spelled(value: string): string {
  return value.toLowerCase();
}

/** The indicators of an attribute: a composite type gives its two halves. */
export function partsOf({ type, value }: Pick<ModelAttribute, "type" | "value">): { type: string; key: string }[] {
  const types = type.split("|");
  return spelled(value)
    .split("|")
    .map((part, index) => ({ type: types[index] ?? "", key: `${types[index]} ${part}` }));
}
