/** What the trust in an organisation asks for in the events that it writes. */
export interface TrustLevel {
  /** To be attached to its events. */
  tag?: string | undefined;
  publish: boolean;
}

/** An event as its metadata shows it. */
export interface EventToCurate {
  published: boolean;
  attributes: number;
  tags: readonly { name: string; local: boolean }[];
  /**
   * Attributes that a warninglist warns of, which is only counted where a gate asks for it; `null`: not all attributes of
   * the event are known yet.
   */
  warninglistHits: number | null;
}

/** What an event must be like to be published for it. */
export interface Gates {
  min_attributes: number;
  max_warninglist_hits: number | null;
  /** TLP colours that may be published, such as `clear` and `green`; `null` lets all pass, and events without one. */
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
  /** What is left as it is for good. */
  notes: string[];
  /** The gates that keep it from being published as it is now. */
  closed: string[];
}

const INCOMPLETE = 'workflow:state="incomplete"';
const COMPLETE = 'workflow:state="complete"';

/** The tags of the workflow that curation writes. */
export const WORKFLOW_TAGS = [INCOMPLETE, COMPLETE] as const;

/** What an event of an organisation that is trusted so far still lacks. Of one that nothing is lacking, nothing. */
export function planCuration(event: EventToCurate, level: TrustLevel, rules: CurationRules): CurationPlan {
  const plan: CurationPlan = { steps: [], notes: [], closed: [] };
  planTrustTag(event, level, rules, plan);
  planWorkflow(event, plan);
  if (level.publish && !event.published) {
    plan.closed.push(...closedGates(event, rules.gates));
    if (plan.closed.length === 0) plan.steps.push({ do: "publish" });
  }
  return plan;
}

function planTrustTag(
  event: EventToCurate,
  { tag: own }: TrustLevel,
  { trustTags }: CurationRules,
  plan: CurationPlan,
) {
  if (own !== undefined && !attached(event, own)) plan.steps.push({ do: "attach", tag: own });
  const isOwn = (name: string) => own !== undefined && same(name, own);
  // Each tag of the event once: several levels may ask for the same one.
  const found = event.tags.filter(({ name }) => !isOwn(name) && trustTags.some((tag) => same(tag, name)));
  for (const { name, local } of found) {
    if (local) plan.steps.push({ do: "detach", tag: name });
    else plan.notes.push(leftAlone(name));
  }
}

/** Both states at a time would contradict each other: where the old one cannot be taken off, the new one is not attached. */
function planWorkflow(event: EventToCurate, { steps, notes }: CurationPlan): void {
  const incomplete = attached(event, INCOMPLETE);
  if (!incomplete) return;
  if (!incomplete.local) {
    notes.push(leftAlone(incomplete.name));
    return;
  }
  if (!attached(event, COMPLETE)) steps.push({ do: "attach", tag: COMPLETE });
  steps.push({ do: "detach", tag: incomplete.name });
}

function attached({ tags }: EventToCurate, tag: string) {
  return tags.find(({ name }) => same(name, tag));
}

function leftAlone(tag: string): string {
  return `${tag} is a global tag, which is left alone: taking it off would unpublish the event`;
}

function closedGates(event: EventToCurate, gates: Gates): string[] {
  return [
    ...(event.attributes < gates.min_attributes
      ? [`${event.attributes} attributes are fewer than ${gates.min_attributes}`]
      : []),
    ...closedByWarninglists(event.warninglistHits, gates.max_warninglist_hits),
    ...closedByTlp(event, gates.tlp),
  ];
}

function closedByWarninglists(hits: number | null, most: number | null): string[] {
  if (most === null) return [];
  if (hits === null) return ["not all of its attributes are known yet"];
  return hits > most ? [`warninglists warn of ${hits} of its attributes, more than ${most}`] : [];
}

function closedByTlp({ tags }: EventToCurate, allowed: readonly string[] | null): string[] {
  if (allowed === null) return [];
  const names = tags.map(({ name }) => name.toLowerCase()).filter((name) => name.startsWith("tlp:"));
  const colours = names.map((name) => name.slice("tlp:".length));
  if (colours.length === 0) return ["it has no TLP"];
  const wished = new Set(allowed.map((colour) => colour.toLowerCase()));
  return colours.every((colour) => wished.has(colour)) ? [] : [`its TLP is ${colours.join(", ")}`];
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
