/** What is known of an organisation that writes events. */
export interface Trust {
  /** To be attached to its events. */
  tag?: string | undefined;
  publish: boolean;
}

/** An event as its metadata shows it. */
export interface EventToCurate {
  published: boolean;
  attributes: number;
  tags: readonly { name: string; local: boolean }[];
  /** Attributes that a warninglist matches; only counted where a gate asks for it. */
  warninglistHits: number;
}

/** What an event must be like to be published for it. */
export interface Gates {
  min_attributes: number;
  max_warninglist_hits: number | null;
  /** TLP colours that may be published, such as `clear` and `green`; `null`: any, and none. */
  tlp: readonly string[] | null;
}

export interface CurationRules {
  /** The tags of all trust levels: an event is to carry one of them at the most. */
  trustTags: readonly string[];
  gates: Gates;
}

/** One write to MISP. Tags are local ones: a global one would unpublish the event. */
export type CurationStep = { do: "attach" | "detach"; tag: string } | { do: "publish" };

/** What is to be done to an event, in this order, each only when all before it succeeded; and why not more. */
export interface CurationPlan {
  steps: CurationStep[];
  notes: string[];
}

const INCOMPLETE = 'workflow:state="incomplete"';
const COMPLETE = 'workflow:state="complete"';

/** What an event of an organisation that is trusted so far still lacks. Of one that nothing is lacking, nothing. */
export function planCuration(event: EventToCurate, trust: Trust, rules: CurationRules): CurationPlan {
  const steps: CurationStep[] = [];
  const notes: string[] = [];
  const attached = (tag: string) => event.tags.find(({ name }) => same(name, tag));
  const detach = (tag: string) => {
    const found = attached(tag);
    if (found?.local) steps.push({ do: "detach", tag: found.name });
    else if (found)
      notes.push(`${found.name} is a global tag, which is left alone: taking it off would unpublish the event`);
  };
  if (trust.tag !== undefined && !attached(trust.tag)) steps.push({ do: "attach", tag: trust.tag });
  for (const rival of rules.trustTags) {
    if (trust.tag === undefined || !same(rival, trust.tag)) detach(rival);
  }
  if (attached(INCOMPLETE)) {
    if (!attached(COMPLETE)) steps.push({ do: "attach", tag: COMPLETE });
    detach(INCOMPLETE);
  }
  if (trust.publish && !event.published) {
    const closed = closedGates(event, rules.gates);
    if (closed.length === 0) steps.push({ do: "publish" });
    else notes.push(`not published: ${closed.join(", ")}`);
  }
  return { steps, notes };
}

function closedGates(event: EventToCurate, gates: Gates): string[] {
  const closed: string[] = [];
  if (event.attributes < gates.min_attributes)
    closed.push(`${event.attributes} attributes are fewer than ${gates.min_attributes}`);
  if (gates.max_warninglist_hits !== null && event.warninglistHits > gates.max_warninglist_hits) {
    closed.push(`${event.warninglistHits} attributes are on warninglists, more than ${gates.max_warninglist_hits}`);
  }
  const colours = event.tags.flatMap(({ name }) =>
    name.toLowerCase().startsWith("tlp:") ? name.slice(4).toLowerCase() : [],
  );
  if (gates.tlp !== null && !(colours.length > 0 && colours.every((colour) => gates.tlp?.includes(colour)))) {
    closed.push(colours.length === 0 ? "it has no TLP" : `its TLP is ${colours.join(", ")}`);
  }
  return closed;
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
