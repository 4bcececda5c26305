import type { IncomingMessage } from "node:http";

/** What a request that is longer than it may be is read as. */
export const TOO_LONG = Symbol("a body that is too long");

/** A body so many times as long as it may be is not read to its end. */
const PATIENCE = 16;

/** The JSON that was sent; `undefined` where it is none. @param longest bytes */
export async function bodyOf(request: IncomingMessage, longest: number): Promise<unknown> {
  const parts: Buffer[] = [];
  let length = 0;
  // Whoever sends too much is to hear of it: the connection stays, which Node resets where something is left unread.
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    length += part.length;
    if (length > longest * PATIENCE) return TOO_LONG;
    if (length <= longest) parts.push(part);
  }
  if (length > longest) return TOO_LONG;
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch {
    return undefined;
  }
}
