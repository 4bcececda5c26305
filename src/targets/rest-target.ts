import { z } from "zod";
import { within } from "../model/within.ts";
import { NoAnswer, Rest, type RestAnswer, type RestRequest } from "../rest/rest.ts";
import { NotNow, type TargetContext, TooSlow } from "./target.ts";

const httpUrl = z.url({
  protocol: /^https?$/,
  error: ({ input }) => (input ? "must be an http or https URL" : undefined),
});

/** The keys by which every target that is reached over HTTP says how. */
export const restKeys = {
  url: httpUrl,
  verify_tls: z.boolean().default(true).describe("Check the certificate of the far side"),
  ca_file: z
    .string()
    .min(1)
    .optional()
    .describe("Certificates (PEM) to trust instead of Node.js's own; the system's do not count"),
  proxy: httpUrl.optional().describe("URL of an HTTP proxy"),
  timeout: z.number().positive().default(30).describe("Most seconds for one request"),
};

interface RestKeys {
  url: string;
  verify_tls: boolean;
  ca_file?: string | undefined;
  proxy?: string | undefined;
  timeout: number;
}

/** Asks a far side; where no answer comes it cannot take anything now. */
export type Ask = (request: RestRequest, signal: AbortSignal) => Promise<RestAnswer>;

/** @param headers what proves who we are */
export function openRest(settings: RestKeys, headers: Record<string, string>, context: TargetContext): Ask {
  const { url, verify_tls, proxy, timeout } = settings;
  const ca_file = settings.ca_file === undefined ? undefined : context.resolve(settings.ca_file);
  const rest = new Rest({ url, headers, verify_tls, ca_file, proxy, timeout });
  const ask = async (request: RestRequest, limited: AbortSignal, signal: AbortSignal) => {
    try {
      const answer = await rest.request(request, limited);
      // Of the far side it says nothing.
      if (answer.status === 407) throw new NotNow("the proxy wants a login, or another one (407)");
      return answer;
    } catch (error) {
      if (limited.aborted && !signal.aborted) throw new TooSlow(`no answer within ${timeout} seconds`);
      if (error instanceof NoAnswer) throw new NotNow(error.message);
      throw error;
    }
  };
  // The client's own clock starts anew with each byte: an answer that comes drop by drop would never take too long.
  return async (request, signal) => {
    signal.throwIfAborted();
    return within(timeout * 1000, signal, (limited) => ask(request, limited, signal));
  };
}
