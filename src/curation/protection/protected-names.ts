/**
 * Host names that must not go out. `corp.example` protects itself; `.corp.example` or `*.corp.example` protects itself and every name
 * beneath. A name above one that is protected covers it: whoever blocks `example` blocks `corp.example`.
 */
export class ProtectedNames {
  readonly #exact = new Map<string, string>();
  readonly #trees = new Map<string, string>();
  readonly #above = new Map<string, string>();

  /** @param name what is told of the entry when it protects something */
  add(entry: string, name: string): void {
    const wanted = entry.toLowerCase().replace(/^\*(?=\.)/, "");
    const tree = wanted.startsWith(".");
    const host = tree ? wanted.slice(1) : wanted;
    if (host === "") return;
    (tree ? this.#trees : this.#exact).set(host, name);
    this.#exact.set(host, name);
    this.addBelow(host, name);
  }

  /** Protects a name from those above it alone. */
  addBelow(entry: string, name: string): void {
    const host = entry.toLowerCase().replace(/^\*?\./, "");
    for (const above of namesAbove(host)) if (!this.#above.has(above)) this.#above.set(above, name);
  }

  /** What protects a host name: the entry that it equals or covers, or beneath which it lies. */
  covering(host: string): string | undefined {
    return this.#exact.get(host) ?? this.#above.get(host) ?? this.beneath(host);
  }

  /** What protects a host name by lying above it. */
  beneath(host: string): string | undefined {
    if (this.#trees.size === 0) return undefined;
    if (this.#trees.has(host)) return this.#trees.get(host);
    for (const above of namesAbove(host)) {
      const name = this.#trees.get(above);
      if (name !== undefined) return name;
    }
    return undefined;
  }
}

/** No host name is longer; of a hostile one the end is looked at. */
const LONGEST = 255;

/** Longest first. */
function namesAbove(given: string): string[] {
  const host = given.slice(-LONGEST);
  const above: string[] = [];
  for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1)) above.push(host.slice(dot + 1));
  return above;
}
