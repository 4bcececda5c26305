import type { Requests } from "../ledger/requests.ts";
import { StateUnwritable } from "../state/damaged.ts";

/** How often the ledger is looked at for requests of commands, milliseconds. */
const TICK = 500;

/** Attends to what commands ask of the running courier; a request of a newer version that nobody knows is let go. */
export function attendRequests(requests: Requests, desk: Record<string, (argument: string) => void>): Disposable {
  const timer = setInterval(() => {
    for (const { what, argument } of taken(requests)) {
      if (Object.hasOwn(desk, what)) desk[what]?.(argument);
    }
  }, TICK);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** On a disk that is full they wait until they can be crossed off. */
function taken(requests: Requests): ReturnType<Requests["take"]> {
  try {
    return requests.take();
  } catch (error) {
    if (error instanceof StateUnwritable) return [];
    throw error;
  }
}
