import type { CurationStep } from "../../curation/curate-event.ts";
import { MispError } from "../../misp/errors.ts";

/** After a right turned out to be missing, the same is not tried again for so long, milliseconds. */
const TRY_AGAIN = 300_000;

/** What MISP refuses to do for the key, learned from its answers: its host organisation it tells to nobody but site admins. */
export class MissingRights {
  readonly #clock: () => number;
  readonly #refused = new Map<string, { cure: string; at: number }>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** How to mend what is known to be refused, a sentence each. */
  get cures(): string[] {
    return [...new Set([...this.#refused.values()].map(({ cure }) => cure))];
  }

  /** Why a step need not be tried now. */
  against(step: CurationStep): string | undefined {
    const refused = this.#refused.get(nameOf(step));
    // Also by a clock that was set back.
    return refused && Math.abs(this.#clock() - refused.at) < TRY_AGAIN ? refused.cure : undefined;
  }

  /** MISP took a step. @returns true when that is news */
  took(step: CurationStep): boolean {
    return this.#refused.delete(nameOf(step));
  }

  /**
   * MISP did not take a step. @returns the cure when it was for lack of a right, and that is news
   * @param mayPublish the key may publish events of this creator: one that is refused is refused for its own sake
   */
  refused(step: CurationStep, error: unknown, mayPublish = false): string | undefined {
    const cure = error instanceof MispError ? cureOf(step, error) : undefined;
    if (cure === NOT_OTHERS && mayPublish) return undefined;
    if (cure === undefined) return undefined;
    const isNews = this.#refused.get(nameOf(step))?.cure !== cure;
    this.#refused.set(nameOf(step), { cure, at: this.#clock() });
    return isNews ? cure : undefined;
  }
}

/** Whether a refusal is one of which only the key's role tells if it is about its rights. */
export function dependsOnRole(step: CurationStep, error: unknown): boolean {
  return error instanceof MispError && cureOf(step, error) === NOT_OTHERS;
}

function nameOf(step: CurationStep): string {
  return "tag" in step ? `${step.do} ${step.tag}` : step.do;
}

/**
 * MISP answers 403 to a role without the permission, 403 with a rejected form to a user outside the host organisation and
 * for a tag that nobody made yet, and 405 to one who may publish, but not this event: one of another organisation, or one that MISP
 * keeps back for its own sake. Its words may be translated.
 */
function cureOf(step: CurationStep, { meaning, message, status }: MispError): string | undefined {
  if (step.do === "publish") return meaning === "forbidden" ? NO_PUBLISHING : status === 405 ? NOT_OTHERS : undefined;
  if (meaning === "forbidden") return NO_TAGGER;
  // With another status it is this tag or this event that MISP does not take.
  if (meaning !== "invalid" || status !== 403) return undefined;
  return (
    `MISP refuses the local tag ${step.tag}: put the key's user into MISP's host organisation (MISP.host_org_id), and ` +
    `create the tag (Event Actions → Add Tag) or give the key's role perm_tag_editor. It said: ${message}`
  );
}

/** What the role needs to attach tags, and to publish. */
export const NO_TAGGER = "The key's role may not tag: give it perm_tagger (Administration → List Roles → edit)";
export const NO_PUBLISHING =
  "The key's role may not publish: give it perm_publish (Administration → List Roles → edit), or set publish: false";
/** Whoever may publish may still only publish what the own organisation created. */
export const NOT_OTHERS =
  "The key may not publish events of other organisations, which MISP allows to site admins only: " +
  "give its user a role with perm_site_admin, or set publish: false and publish by hand";
