import { Front } from "../../src/http/front.ts";
import { silent } from "../../src/log.ts";
import { RunningCourier } from "../support/running-courier.ts";

/** A courier on a stand-in MISP, and its page on a free port. */
export interface WatchedCourier extends AsyncDisposable {
  courier: RunningCourier;
  url: string;
}

/** Starts both; `settings` are laid over the configuration, and `clock`, in milliseconds, is the page's. */
export async function startWatched(
  settings: Record<string, unknown> = {},
  clock: () => number = Date.now,
): Promise<WatchedCourier> {
  const fronts: Front[] = [];
  const courier = await RunningCourier.start(
    { http: { listen: "127.0.0.1:0" }, ...settings },
    {
      watched: (config) => {
        const front = new Front({ config, log: silent, clock });
        fronts.push(front);
        return front.observer;
      },
    },
  );
  const [front] = fronts;
  if (!front) throw new Error("nobody watches");
  await front.listen();
  return {
    courier,
    url: front.url,
    [Symbol.asyncDispose]: async () => {
      await courier[Symbol.asyncDispose]();
      await front[Symbol.asyncDispose]();
    },
  };
}
