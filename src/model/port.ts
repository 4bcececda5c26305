const HIGHEST = 65_535;

/** False for an address that ends in a number that is no port: ZeroMQ takes it for another one, without a word. */
export function endsInPort(address: string): boolean {
  const [, digits] = /:(\d+)$/.exec(address) ?? [];
  return digits === undefined || Number(digits) <= HIGHEST;
}
