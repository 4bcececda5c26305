import type { RestRequest } from "../../rest/rest.ts";
import { NotNow } from "../target.ts";
import { listIn, type QradarClient, type Reply } from "./client.ts";

/** How many elements one page of a list has: unasked, some versions give twenty and call that the list. */
const PAGE = 10_000;

/**
 * Reads a list of the console to its end, a page at a time; nothing where there is no such list.
 * @param elements finds the elements in an answer, and how many there are in all where the answer says so
 * @throws NotNow when it cannot be read to the end
 */
export async function* pages(
  client: QradarClient,
  request: Pick<RestRequest, "path" | "query">,
  elements: (reply: Reply) => { elements: readonly unknown[]; total: number | undefined },
  signal: AbortSignal,
): AsyncGenerator<readonly unknown[]> {
  for (let from = 0; ; ) {
    const headers = { Range: `items=${from}-${from + PAGE - 1}` };
    const reply = await client.call({ ...request, method: "GET", headers }, signal);
    if (isGone(reply)) return;
    if (reply.problem) throw new NotNow(`the console does not list its sets: ${reply.problem.message}`);
    const page = elements(reply);
    const total = page.total ?? reply.total;
    from += page.elements.length;
    if (page.elements.length > 0) yield page.elements;
    if (total === undefined ? page.elements.length < PAGE : from >= total) return;
    if (page.elements.length === 0) throw new NotNow(`the console lists ${from} of ${total} elements`);
  }
}

/** A page that says 404, as of a console that is being started, is no word about a list. */
function isGone({ status, problem }: Reply): boolean {
  return status === 404 && problem?.code !== 0;
}

/** For lists that are the whole of an answer, which then does not say how long they are. */
export function inBody(what: string) {
  return ({ body }: Reply) => ({ elements: listIn(body, what), total: undefined });
}
