import { createHash } from "node:crypto";

const NETWORKS = ["198.51.100", "203.0.113", "192.0.2"];
/** Addresses that a network of 256 has for hosts. */
const HOSTS = 254;
const DOMAINS = ["example.net", "example.org", "example.com"];

/**
 * Values that belong to nobody: addresses that RFC 5737 and RFC 3849 set aside for documentation, names under reserved
 * domains, and hashes of no file. None is given twice, as a thumbs-down would stick to it.
 */
export class Values {
  #addresses = 0;
  #names = 0;
  #hashes = 0;

  address(): string {
    const n = this.#addresses++;
    const network = NETWORKS[n % NETWORKS.length];
    const host = 1 + Math.floor(n / NETWORKS.length);
    // When every IPv4 address was used there is IPv6, which lasts.
    return host <= HOSTS ? `${network}.${((host * 23) % HOSTS) + 1}` : `2001:db8::${n.toString(16)}`;
  }

  /** A host name that begins with `label`. */
  name(label: string): string {
    const n = this.#names++;
    return `${label}-${n + 1}.${DOMAINS[n % DOMAINS.length]}`;
  }

  sha256(): string {
    return createHash("sha256")
      .update(`no file, number ${this.#hashes++}`)
      .digest("hex");
  }
}
