import { ListSets } from "./list-sets.ts";

const SEED = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * Which lists hold a key, for millions of keys of a few bytes each: about 40 bytes a key, where a `Map` takes three times
 * as much. Keys lie in one buffer; a table of hashes leads to them, and what it leads to is compared byte by byte.
 */
export class ListIndex {
  readonly #sets = new ListSets();
  /** Number of a key plus one, by hash; 0 is a free slot. */
  readonly #slots: Uint32Array;
  readonly #hashes: Uint32Array;
  readonly #starts: Uint32Array;
  readonly #setOf: Uint32Array;
  #bytes: Uint8Array;
  #size = 0;
  #longest = 0;

  /** @param capacity how many keys it may come to hold */
  constructor(capacity: number) {
    this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(2 * capacity + 2)));
    this.#hashes = new Uint32Array(capacity);
    this.#starts = new Uint32Array(capacity + 1);
    this.#setOf = new Uint32Array(capacity);
    this.#bytes = new Uint8Array(16 * capacity);
  }

  /** The length of the longest key, in bytes. */
  get longest(): number {
    return this.#longest;
  }

  /** Notes that a list holds a key. */
  add(key: Uint8Array, list: number): void {
    const hash = finish(hashOf(key));
    const slot = this.#slotOf(key, 0, key.length, hash);
    const found = this.#slots[slot] ?? 0;
    const number = found === 0 ? this.#append(key, hash, slot) : found - 1;
    this.#setOf[number] = this.#sets.with(this.#setOf[number] ?? 0, list);
  }

  /** The lists that hold a key, in rising order. */
  find(key: Uint8Array): readonly number[] {
    return this.#listsOf(key, 0, hashOf(key));
  }

  /**
   * Looks up each end of a text that begins at a label, the shortest first, and the whole text: one walk from the right.
   * @param visit is told where an end begins that lists hold
   */
  findEnds(text: Uint8Array, separator: number, visit: (start: number, lists: readonly number[]) => void): void {
    let hash = SEED;
    for (let index = text.length - 1; index >= 0; index -= 1) {
      const byte = text[index] ?? 0;
      if (byte === separator) this.#visitEnd(text, index + 1, hash, visit);
      hash = Math.imul(hash ^ byte, PRIME);
    }
    this.#visitEnd(text, 0, hash, visit);
  }

  #visitEnd(text: Uint8Array, start: number, hash: number, visit: (start: number, lists: readonly number[]) => void) {
    const lists = this.#listsOf(text, start, hash);
    if (lists.length > 0) visit(start, lists);
  }

  #listsOf(text: Uint8Array, start: number, hash: number): readonly number[] {
    const found = this.#slots[this.#slotOf(text, start, text.length, finish(hash))] ?? 0;
    return this.#sets.lists(found === 0 ? 0 : (this.#setOf[found - 1] ?? 0));
  }

  /** The slot that leads to a key, or the free one where it belongs. */
  #slotOf(text: Uint8Array, start: number, end: number, hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const found = this.#slots[slot] ?? 0;
      if (found === 0) return slot;
      if (this.#hashes[found - 1] === hash && this.#equals(found - 1, text, start, end)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #equals(number: number, text: Uint8Array, start: number, end: number): boolean {
    const first = this.#starts[number] ?? 0;
    const length = (this.#starts[number + 1] ?? 0) - first;
    if (length !== end - start) return false;
    for (let index = 0; index < length; index += 1) {
      if (this.#bytes[first + index] !== text[start + index]) return false;
    }
    return true;
  }

  #append(key: Uint8Array, hash: number, slot: number): number {
    const number = this.#size;
    const first = this.#starts[number] ?? 0;
    this.#makeRoom(first + key.length);
    this.#bytes.set(key, first);
    this.#hashes[number] = hash;
    this.#starts[number + 1] = first + key.length;
    this.#slots[slot] = number + 1;
    this.#size += 1;
    this.#longest = Math.max(this.#longest, key.length);
    return number;
  }

  #makeRoom(length: number): void {
    if (length <= this.#bytes.length) return;
    const wider = new Uint8Array(Math.max(length, Math.ceil(this.#bytes.length * 1.25)));
    wider.set(this.#bytes);
    this.#bytes = wider;
  }
}

/** From the last byte to the first, so that the hashes of all ends of a text come from one walk. */
function hashOf(key: Uint8Array): number {
  let hash = SEED;
  for (let index = key.length - 1; index >= 0; index -= 1) hash = Math.imul(hash ^ (key[index] ?? 0), PRIME);
  return hash;
}

/** Spreads a hash over all its bits: neighbouring addresses would crowd the same slots. */
function finish(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const again = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (again ^ (again >>> 16)) >>> 0;
}
