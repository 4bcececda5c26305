const HIGHEST = 65_535;

/** False for an address that ends in a number too large for a port: ZeroMQ would silently use another one. */
export function endsInPort(address: string): boolean {
  const [, digits] = /:(\d+)$/.exec(address) ?? [];
  return digits === undefined || Number(digits) <= HIGHEST;
}

/**
 * Whether the host of an address is written as an IPv6 address: a socket of ZeroMQ must be told so. It must not be told so for names:
 * for one that has both, such as localhost, it would use only IPv6.
 */
export function isIpv6(address: string): boolean {
  return /:\/\/\[[^\]]*:[^\]]*\]/.test(address);
}
