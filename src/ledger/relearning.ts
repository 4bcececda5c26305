import { sightedValue } from "../curation/split.ts";
import type { AttributeRow } from "./attributes.ts";
import type { Sightings } from "./sightings.ts";

/** What new knowledge can change: values (as MISP has them), events by their creators' UUIDs, and whose word counts for how much. */
export interface Touched {
  /** `null`: none. */
  values: ((type: string, value: string) => boolean) | null;
  organisations: ReadonlySet<string>;
  /** Organisations by their numbers whose sightings now count for more, or for less. */
  voices: ReadonlySet<number>;
}

/** Which attributes a review of everything is to judge again: all of them after new rules, else what new knowledge touches. */
export class Relearning {
  readonly #sightings: Sightings;
  #everything = false;
  #tests: ((type: string, value: string) => boolean)[] = [];
  readonly #sightedValues = new Set<string>();
  readonly #sightedAttributes = new Set<number>();

  constructor(sightings: Sightings) {
    this.#sightings = sightings;
  }

  get isOfEverything(): boolean {
    return this.#everything;
  }

  /** All attributes are to be judged again. */
  takeEverything(): void {
    this.#everything = true;
  }

  takeValues(test: (type: string, value: string) => boolean): void {
    this.#tests.push(test);
  }

  /** What an organisation has sighted. @returns whether it has sighted anything */
  takeVoice(organisation: number): boolean {
    const said = this.#sightings.saidBy(organisation);
    for (const { attribute, value } of said) {
      if (value === null) this.#sightedAttributes.add(attribute);
      else this.#sightedValues.add(value);
    }
    return said.length > 0;
  }

  concerns({ id, type, value }: AttributeRow): boolean {
    if (this.#everything || this.#sightedAttributes.has(id)) return true;
    if (this.#tests.some((touches) => touches(type, value))) return true;
    return this.#sightedValues.size > 0 && this.#sightedValues.has(sightedValue(type, value) ?? "");
  }

  /** It was judged. */
  forget(): void {
    this.#everything = false;
    this.#tests = [];
    this.#sightedValues.clear();
    this.#sightedAttributes.clear();
  }
}
