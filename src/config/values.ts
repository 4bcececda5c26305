import ipaddr from "ipaddr.js";
import { z } from "zod";

/** Text that says something. */
export const text = z.string().min(1);

/** A file or folder; relative ones count from the folder of the configuration file. */
export const path = text
  .refine((given) => !given.includes("\0"), { error: "must be a path: none has a NUL character in it" })
  .meta({ shows: "path" });

/** A web address, just as it is written. */
export const exactWebAddress = z
  .url({ protocol: /^https?$/, error: hint("must be an address such as https://misp.example.org") })
  .meta({ shows: "web address" });

/** A web address that paths are added to, without the slash at its end. */
export const webAddress = exactWebAddress
  .refine((address) => !/[?#]/.test(address), { error: "must be an address without ? and #: paths are added to it" })
  .transform((address) => address.replace(/\/+$/, ""))
  .meta({ shows: "web address" });

/** A share of a hundred. */
export const percentage = z.number().min(0).max(100);

/** How good something is, 0 to 100. */
export const score = z.number().min(0).max(100);

/** Where to listen: `127.0.0.1:8711` or `[::1]:8711`, taken apart. */
export const listenAddress = z
  .string({ error: hint("must be an address and a port, such as 127.0.0.1:8711") })
  .transform((given, context) => {
    const [, bracketed, plain, digits] = /^(?:\[([\da-f:.]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(given) ?? [];
    const host = bracketed ?? plain;
    const port = Number(digits);
    if (host !== undefined && port < 65_536) return { host, port };
    context.addIssue({ code: "custom", message: "must be an address and a port, such as 127.0.0.1:8711" });
    return z.NEVER;
  })
  .meta({ shows: "address:port" });

/** True for a host that nobody beyond this machine can reach. */
export function isLoopback(host: string): boolean {
  if (host === "localhost") return true;
  return ipaddr.isValid(host) && ipaddr.process(host).range() === "loopback";
}

/** A complaint for values of the wrong kind that leaves missing and empty ones to the general wording. */
export function hint(complaint: string): (issue: { input?: unknown }) => string | undefined {
  return ({ input }) => (input === undefined || input === null ? undefined : complaint);
}

/** A pattern that is matched without regard to case, as text; one that does not compile is refused. */
export const pattern = z
  .string()
  .refine((given) => compiles(given), { error: "must be a regular expression that compiles" })
  .meta({ shows: "regular expression" });

function compiles(given: string): boolean {
  try {
    return new RegExp(given, "i") instanceof RegExp;
  } catch {
    return false;
  }
}
