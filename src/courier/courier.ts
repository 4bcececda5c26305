import { followMisp } from "./follow-misp.ts";
import { followTopic } from "./follow-topic.ts";
import { type CourierOptions, withLine } from "./line.ts";

export type { CourierOptions, Observer } from "./line.ts";

/**
 * The whole line: MISP's feed → curation → ledger → delivery → targets. Resolves when it was stopped.
 * @throws StateDamaged, StateInUse and StateUnwritable when its state cannot be used
 */
export async function runCourier(options: CourierOptions): Promise<void> {
  const stop = new AbortController();
  const end = () => stop.abort();
  options.signal.addEventListener("abort", end, { once: true });
  if (options.signal.aborted) end();
  try {
    const { config } = options;
    await withLine({ ...options, signal: stop.signal }, (line) =>
      config.role === "forwarder" ? followTopic(config, line) : followMisp(config, line),
    );
  } finally {
    options.signal.removeEventListener("abort", end);
    // After a failure, too, nothing of it may go on.
    end();
  }
}
