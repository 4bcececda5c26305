import type { IncomingMessage } from "node:http";

/** What a request that is longer than it may be is read as. */
export const TOO_LONG = Symbol("a body that is too long");

/** The JSON that was sent; `undefined` where it is none. @param longest bytes */
export async function bodyOf(request: IncomingMessage, longest: number): Promise<unknown> {
  const parts: Buffer[] = [];
  let length = 0;
  // Whoever sends too much is to hear of it: the connection stays.
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    length += part.length;
    if (length > longest) return TOO_LONG;
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch {
    return undefined;
  }
}
