import { within } from "../model/within.ts";
import { NoAnswer, type Rest, type RestAnswer, type RestRequest } from "../rest/rest.ts";

/** How many times as long as it may be silent MISP may take to the end of an answer: large ones take a while. */
const WHOLE = 10;

/** Asks MISP. */
export type Ask = (request: RestRequest, signal?: AbortSignal) => Promise<RestAnswer>;

/**
 * The client's own clock starts anew with each byte: an answer that comes drop by drop would keep whoever asked waiting for ever.
 * @param timeout seconds that MISP may be silent
 */
export function wholeAnswers(rest: Rest, timeout: number): Ask {
  const limit = timeout * WHOLE;
  return (request, signal = new AbortController().signal) =>
    within(limit * 1000, signal, async (limited) => {
      try {
        return await rest.request(request, limited);
      } catch (error) {
        if (!limited.aborted || signal.aborted) throw error;
        throw new NoAnswer(`no whole answer at ${request.path} within ${limit} seconds`);
      }
    });
}
