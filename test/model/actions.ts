import fc from "fast-check";

/** One attribute as an action writes it. */
export interface Written {
  type: string;
  value: string;
  toIds: boolean;
}

/**
 * Something that happens to a MISP. `pick` numbers choose among what is there at that moment, so that any part of a history
 * is a history, too; an action that finds nothing to act on does nothing. `wait`: milliseconds that pass before it.
 */
export type Action = { wait: number } & (
  | Each<"add event", { attributes: readonly Written[]; tags: readonly string[] }>
  | Each<"add attribute", { pick: number; attribute: Written; tags: readonly string[] }>
  | Each<"edit value", { pick: number; to: number }>
  | Each<"edit to_ids", { pick: number; toIds: boolean }>
  | Each<"edit comment", { pick: number; comment: string }>
  | Each<"soft delete" | "hard delete" | "restore", { pick: number }>
  | Each<"publish" | "unpublish" | "edit event" | "delete event", { pick: number }>
  | Each<"tag event" | "tag attribute", { pick: number; tag: string; local: boolean }>
  | Each<"untag event" | "untag attribute", { pick: number; tag: string }>
  | Each<"sight", { pick: number; type: 0 | 1 | 2; ago: number }>
  | Each<"delete sighting", { pick: number }>
);

type Each<Name extends string, Facts> = Name extends string ? { does: Name } & Facts : never;

/** The actions of these names. */
export type ActionOf<Name extends Action["does"]> = Extract<Action, { does: Name }>;

/** The values that histories are made of: few, so that they meet in several attributes, types and composites. */
export const VALUES: Readonly<Record<string, readonly string[]>> = {
  domain: ["a.example", "b.example", "C.example"],
  hostname: ["a.example", "d.example"],
  "ip-src": ["198.51.100.1", "198.51.100.2"],
  "domain|ip": ["a.example|198.51.100.1", "a.example|198.51.100.9", "e.example|198.51.100.9"],
  "filename|md5": ["x.exe|0cc175b9c0f1b6a831c399e269772661"],
  md5: ["0cc175b9c0f1b6a831c399e269772661", "92EB5FFEE6AE2FEC3AD71C777531578F"],
};

const TAGS = ["tlp:red", "tlp:green", "soc:exception"];
const COMMENTS = ["", "seen in a mail", "a soc exception, ask Ada"];
const DAY = 86_400_000;

/** Histories of up to `length` actions. `ties`: whether two of them may fall into one second. */
export function histories(length: number, { ties }: { ties: boolean }): fc.Arbitrary<Action[]> {
  const wait = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...(ties ? [0, 0, 150] : [1_000])) },
    { weight: 9, arbitrary: fc.integer({ min: 1_000, max: 4_000 }) },
    { weight: 1, arbitrary: fc.constant(4 * DAY) },
  );
  const action = fc.tuple(wait, deeds()).map(([wait, deed]): Action => ({ wait, ...deed }));
  return fc.array(action, { minLength: 1, maxLength: length, size: "max" });
}

type Deed = Action extends infer One ? (One extends Action ? Omit<One, "wait"> : never) : never;

function deeds(): fc.Arbitrary<Deed> {
  const pick = fc.nat(11);
  const tag = fc.constantFrom(...TAGS);
  const few = fc.array(tag, { maxLength: 1 });
  const does = <Name extends string>(...names: Name[]) => fc.constantFrom(...names);
  const attributes = fc.array(written(), { minLength: 1, maxLength: 3 });
  const ago = fc.constantFrom(0, 0, 7_200);
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ does: does("add event"), attributes, tags: few }) },
    { weight: 2, arbitrary: fc.record({ does: does("add attribute"), pick, attribute: written(), tags: few }) },
    { weight: 2, arbitrary: fc.record({ does: does("edit value"), pick, to: fc.nat(5) }) },
    { weight: 2, arbitrary: fc.record({ does: does("edit to_ids"), pick, toIds: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ does: does("edit comment"), pick, comment: fc.constantFrom(...COMMENTS) }) },
    { weight: 3, arbitrary: fc.record({ does: does("soft delete", "hard delete", "restore"), pick }) },
    { weight: 6, arbitrary: fc.record({ does: does("publish"), pick }) },
    { weight: 2, arbitrary: fc.record({ does: does("unpublish", "edit event", "delete event"), pick }) },
    {
      weight: 3,
      arbitrary: fc.record({ does: does("tag event", "tag attribute"), pick, tag, local: fc.boolean() }),
    },
    { weight: 2, arbitrary: fc.record({ does: does("untag event", "untag attribute"), pick, tag }) },
    { weight: 4, arbitrary: fc.record({ does: does("sight"), pick, type: fc.constantFrom(0, 1, 2), ago }) },
    { weight: 1, arbitrary: fc.record({ does: does("delete sighting"), pick }) },
  );
}

function written(): fc.Arbitrary<Written> {
  const all = Object.entries(VALUES).flatMap(([type, values]) => values.map((value) => ({ type, value })));
  const toIds = fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) });
  return fc.tuple(fc.constantFrom(...all), toIds).map(([one, flag]) => ({ ...one, toIds: flag }));
}
