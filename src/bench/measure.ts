/** Milliseconds since 1970 with a fine fraction, comparable between the processes of one machine. */
export function wallClock(): number {
  return performance.timeOrigin + performance.now();
}

/** The user and system time that this process has taken so far, microseconds. */
export function cpuTaken(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** The middle one; of an even number the mean of the two in the middle. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (upper + lower) / 2;
}

/** The value that a share of all, from 0 to 1, does not exceed. NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** Three significant digits are all that such a figure is good for; whole numbers stay whole. */
export function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(3));
}
