import type { Marks } from "./marks.ts";

/** How far a topic was read, partition by partition. */
export class Progress {
  readonly #positions = new Map<number, bigint>();
  readonly #marks: readonly Marks[];
  #told = false;

  /** @param marks where the partitions stood when the reading began */
  constructor(marks: readonly Marks[]) {
    this.#marks = marks;
    for (const { partition, begin } of marks) this.#positions.set(partition, begin);
  }

  /** Where to read on. */
  at(partition: number): bigint {
    return this.#positions.get(partition) ?? 0n;
  }

  advance(partition: number, next: bigint): void {
    if (next > this.at(partition)) this.#positions.set(partition, next);
  }

  /** Whether everything was read that was there when the reading began. */
  get complete(): boolean {
    return this.#marks.every(({ partition, begin, end }) => begin >= end || this.at(partition) >= end);
  }

  /** True once: when it is complete, and nobody was told so before. */
  takeCompletion(): boolean {
    if (this.#told || this.#marks.length === 0 || !this.complete) return false;
    this.#told = true;
    return true;
  }

  /** Where to read on, by partition. */
  get positions(): Record<string, string> {
    return Object.fromEntries([...this.#positions].map(([partition, next]) => [partition, String(next)]));
  }

  /** How many records there were to read, and how many of them were; compaction leaves gaps in both. */
  get done(): { done: number; total: number } {
    const sum = (part: (marks: Marks) => bigint) => Number(this.#marks.reduce((total, one) => total + part(one), 0n));
    const total = sum(({ begin, end }) => end - begin);
    return { done: sum(({ partition, begin }) => this.at(partition) - begin), total };
  }
}
