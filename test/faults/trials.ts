/** Whether the long run is asked for, with many more trials: `COURIER_LONG=1`. */
export const LONG = process.env.COURIER_LONG === "1";

/** `SEED` of the environment, or any. */
export const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 0x7fff_ffff));

/** For figures and seeds, which a person wants to see whether or not something failed. */
export function announce(line: string): void {
  process.stdout.write(`${line}\n`);
}
