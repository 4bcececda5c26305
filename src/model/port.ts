const HIGHEST = 65_535;

/** False for an address that ends in a number that is no port: ZeroMQ takes it for another one, without a word. */
export function endsInPort(address: string): boolean {
  const [, digits] = /:(\d+)$/.exec(address) ?? [];
  return digits === undefined || Number(digits) <= HIGHEST;
}

/**
 * Whether the host of an address is written as an IPv6 address: a socket of ZeroMQ must be told so. One that is told it for names as
 * well looks at nothing but IPv6 where a name has both, as localhost does.
 */
export function isIpv6(address: string): boolean {
  return /:\/\/\[[^\]]*:[^\]]*\]/.test(address);
}
