import { Front } from "../../src/http/front.ts";
import { silent } from "../../src/log.ts";
import { RunningCourier } from "../support/running-courier.ts";

/** A courier on a stand-in MISP, and its page on a free port. */
export interface WatchedCourier extends AsyncDisposable {
  courier: RunningCourier;
  url: string;
}

/** Starts both; `settings` are laid over the configuration. */
export async function startWatched(settings: Record<string, unknown> = {}): Promise<WatchedCourier> {
  const fronts: Front[] = [];
  const courier = await RunningCourier.start(
    { http: { listen: "127.0.0.1:0" }, ...settings },
    {
      watched: (config) => {
        const front = new Front({ config, log: silent, clock: Date.now });
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
