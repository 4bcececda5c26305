/** Publications that may be on their way back; one that never came was lost. */
const MOST = 1_000;

/** Publications of ours that have not come back on the feed yet: what MISP says of them is an echo. */
export class OwnPublications {
  /** The timestamps of their events. */
  readonly #expected = new Map<string, number>();

  expect({ uuid, timestamp }: { uuid: string; timestamp: number }): void {
    this.#expected.set(uuid, timestamp);
    const [oldest] = this.#expected.keys();
    if (this.#expected.size > MOST && oldest !== undefined) this.#expected.delete(oldest);
  }

  /** Whether a publication that was heard of is one of ours; each is so once. */
  isEcho(uuid: string, timestamp: number | undefined): boolean {
    if (timestamp === undefined || this.#expected.get(uuid) !== timestamp) return false;
    return this.#expected.delete(uuid);
  }
}
