import ipaddr from "ipaddr.js";

export interface StoredElement {
  id: number;
  value: string;
  source: string;
  firstSeen: number;
  lastSeen: number;
}

/** A reference set as the stand-in keeps it. */
export interface StoredSet {
  id: number;
  name: string;
  element: string;
  /** `UNKNOWN`, `FIRST_SEEN` or `LAST_SEEN`. */
  timeout: string;
  /** Milliseconds; `null`: elements stay. */
  life: number | null;
  created: number;
  /** By value; in lower case where the set does not mind case. */
  elements: Map<string, StoredElement>;
}

const ELEMENT_TYPES = ["ALN", "ALNIC", "NUM", "IP", "PORT", "DATE", "CIDR"];
const UNITS: Record<string, number> = { minute: 1, hour: 60, day: 1_440, month: 44_640, year: 525_600 };

/** The reference sets of a stand-in console; elements fall out by themselves once their time is over. */
export class Store {
  readonly #sets = new Map<string, StoredSet>();
  readonly #clock: () => number;
  #ids = 40;
  /** Values that no set takes, for whatever reason the console has. */
  refused: RegExp | undefined;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  get sets(): StoredSet[] {
    for (const set of this.#sets.values()) this.#expire(set);
    return [...this.#sets.values()];
  }

  get(name: string): StoredSet | undefined {
    const set = this.#sets.get(name);
    if (set) this.#expire(set);
    return set;
  }

  withId(id: number): StoredSet | undefined {
    return [...this.#sets.values()].find((set) => set.id === id);
  }

  create(name: string, element: string, timeout: string, life: number | null): StoredSet {
    this.#ids += 1;
    const created = this.#clock();
    const set = { id: this.#ids, name, element, timeout, life, created, elements: new Map() };
    this.#sets.set(name, set);
    return set;
  }

  remove(name: string): void {
    this.#sets.delete(name);
  }

  /** Adds a value, or notes that it was seen again. */
  put(set: StoredSet, value: string, source: string): "new" | "seen again" {
    const known = set.elements.get(keyIn(set, value));
    const now = this.#clock();
    if (known) Object.assign(known, { lastSeen: now, source });
    else {
      this.#ids += 1;
      set.elements.set(keyIn(set, value), { id: this.#ids, value, source, firstSeen: now, lastSeen: now });
    }
    return known ? "seen again" : "new";
  }

  /** False when it was not there. */
  take(set: StoredSet, value: string): boolean {
    return set.elements.delete(keyIn(set, value));
  }

  /** What the console says of a value that cannot be an element of a set; `undefined` when it can. */
  complaint({ element }: StoredSet, value: string): string | undefined {
    if (value === "" || this.refused?.test(value)) return `Invalid value: ${value}`;
    return complaintOf(element, value);
  }

  #expire(set: StoredSet): void {
    // Before its own life is over nothing in it can be.
    if (set.life === null || set.timeout === "UNKNOWN" || set.created + set.life > this.#clock()) return;
    for (const [key, { firstSeen, lastSeen }] of set.elements) {
      const from = set.timeout === "LAST_SEEN" ? lastSeen : firstSeen;
      if (from + set.life <= this.#clock()) set.elements.delete(key);
    }
  }
}

export function isElementType(text: string): boolean {
  return ELEMENT_TYPES.includes(text);
}

const FITS: Record<string, (value: string) => boolean> = {
  IP: (value) => ipaddr.IPv4.isValidFourPartDecimal(value),
  CIDR: (value) => ipaddr.isValidCIDR(value),
  NUM: (value) => /^-?\d+$/.test(value),
  PORT: (value) => /^\d{1,5}$/.test(value),
  DATE: (value) => /^\d+$/.test(value),
};

function complaintOf(element: string, value: string): string | undefined {
  return FITS[element]?.(value) === false ? `Invalid ${element} value: ${value}` : undefined;
}

/** Milliseconds of an interval such as `1 month 9 days`; `undefined` when it is none. */
export function interval(text: string): number | undefined {
  if (!/^(\d+ (minute|hour|day|month|year)s? ?)+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+) ([a-z]+?)s?(?: |$)/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ""] ?? 0) * 60_000, 0);
}

function keyIn({ element }: StoredSet, value: string): string {
  return element === "ALNIC" ? value.toLowerCase() : value;
}
