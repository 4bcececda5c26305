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
    const wanted = nameOf(entry).replace(/^\*(?=\.)/, "");
    const tree = wanted.startsWith(".");
    const host = tree ? wanted.slice(1) : wanted;
    if (host === "") return;
    (tree ? this.#trees : this.#exact).set(host, name);
    this.#exact.set(host, name);
    this.#addBelow(host, name);
  }

  /** Protects a name from those above it alone. */
  addBelow(entry: string, name: string): void {
    this.#addBelow(nameOf(entry).replace(/^\*?\./, ""), name);
  }

  /** What protects a host name: the entry that it equals or covers, or beneath which it lies. */
  covering(host: string): string | undefined {
    const wanted = nameOf(host);
    return this.#exact.get(wanted) ?? this.#above.get(wanted) ?? this.beneath(wanted);
  }

  /** What protects a host name by lying above it. */
  beneath(name: string): string | undefined {
    if (this.#trees.size === 0) return undefined;
    const host = nameOf(name);
    if (this.#trees.has(host)) return this.#trees.get(host);
    for (const above of namesAbove(host)) {
      const tree = this.#trees.get(above);
      if (tree !== undefined) return tree;
    }
    return undefined;
  }

  #addBelow(host: string, name: string): void {
    for (const above of namesAbove(host)) if (!this.#above.has(above)) this.#above.set(above, name);
  }
}

const ASCII = /^[\0-\x7f]*$/;

/** A name as MISP has it: in small letters, those of other alphabets as Punycode, without a dot at its end. */
function nameOf(written: string): string {
  const name = written.toLowerCase().replace(/\.$/, "");
  if (ASCII.test(name)) return name;
  const [, start = "", host = ""] = /^([*.]*)(.*)$/s.exec(name) ?? [];
  return URL.canParse(`http://${host}`) ? start + new URL(`http://${host}`).hostname : name;
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
