import { isUtf8 } from "node:buffer";
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { isLoopback } from "../config/values.ts";

/** Who is let in. */
export interface Admission {
  /** Whether the request was meant for this server. */
  host(headers: IncomingHttpHeaders): boolean;
  /** Whether it shows the token, where there is one. */
  token(headers: IncomingHttpHeaders): boolean;
}

/**
 * The rules of admission. Without a token only names of this machine will do for `Host`: a web site whose name was made to
 * point here (DNS rebinding) must not read the page through a visitor's browser. A token is nothing that such a site has.
 */
export function admission(token: string | undefined): Admission {
  if (token === undefined) return { host: ({ host }) => isOwnName(host), token: () => true };
  const expected = digest(token);
  return {
    host: () => true,
    token: ({ authorization }) => timingSafeEqual(digest(shown(authorization)), expected),
  };
}

/** The token as a script shows it (`Bearer`), or as browsers and firewalls do (`Basic`, where it is the password). */
function shown(authorization = ""): string {
  const [scheme = ""] = authorization.split(" ", 1);
  const credentials = authorization.slice(scheme.length).trim();
  if (scheme.toLowerCase() === "bearer") return textOf(credentials);
  if (scheme.toLowerCase() !== "basic") return "";
  const pair = Buffer.from(credentials, "base64").toString();
  return pair.slice(pair.indexOf(":") + 1);
}

/** Of a header each byte comes as one character; curl writes UTF-8, Python and JavaScript one byte a letter as far as there is one. */
function textOf(header: string): string {
  const bytes = Buffer.from(header, "latin1");
  return isUtf8(bytes) ? bytes.toString() : header;
}

function isOwnName(host: string | undefined): boolean {
  // Browsers always say it; the health checks of balancers speak HTTP/1.0, which has no need of it.
  if (host === undefined) return true;
  if (!URL.canParse(`http://${host}`)) return false;
  return isLoopback(new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, ""));
}

// Of equal length, as the comparison needs them.
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
