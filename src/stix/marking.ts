/** The levels of the traffic light protocol with the ids that STIX 2.1 itself gives to their markings, from open to closed. */
const LEVELS = [
  { tlp: "white", id: "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9" },
  { tlp: "green", id: "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da" },
  { tlp: "amber", id: "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82" },
  { tlp: "red", id: "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed" },
] as const;

/** What newer tags are called in STIX 2.1; `amber+strict`, which it does not know, must not be wider there than it is. */
const OTHER_NAMES: Readonly<Record<string, string>> = { clear: "white", "amber+strict": "red" };

export type Marking = (typeof LEVELS)[number];

/** The most closed marking among tags such as `tlp:green`; `undefined` when none is there. */
export function markingOf(tags: Iterable<string>): Marking | undefined {
  let found = -1;
  for (const tag of tags) {
    const [, name = ""] = /^tlp:(.+)$/i.exec(tag.trim()) ?? [];
    const level = name.toLowerCase().replaceAll('"', "");
    found = Math.max(
      found,
      LEVELS.findIndex(({ tlp }) => tlp === (OTHER_NAMES[level] ?? level)),
    );
  }
  return LEVELS[found];
}

/** The object that a bundle must hold for each marking that it refers to. */
export function markingObject({ tlp, id }: Marking) {
  return {
    type: "marking-definition",
    spec_version: "2.1",
    id,
    created: "2017-01-20T00:00:00.000Z",
    definition_type: "tlp",
    name: `TLP:${tlp.toUpperCase()}`,
    definition: { tlp },
  };
}

export const MARKINGS: readonly Marking[] = LEVELS;
