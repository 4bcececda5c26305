import { setImmediate as nextTurn } from "node:timers/promises";
import PQueue from "p-queue";
import { MispError } from "../../misp/errors.ts";

const AT_ONCE = 4;
/** So many questions in a row that MISP does not answer are no fault of what it was asked for. */
const IN_VAIN = 20;

/**
 * Asks MISP about each of several things, a few at a time. What it cannot answer of one, such as an event that is too much for its memory,
 * keeps nobody from the others. Returns those failures.
 * @throws when it is MISP that fails, or asks to wait
 */
export async function askEach<Item>(items: Iterable<Item>, work: (item: Item) => Promise<void>): Promise<MispError[]> {
  const queue = new PQueue({ concurrency: AT_ONCE });
  const failures: MispError[] = [];
  const reasons: unknown[] = [];
  let inVain = 0;
  const failed = (error: unknown) => {
    inVain += 1;
    if (isOfOne(error) && inVain < IN_VAIN) failures.push(error);
    else reasons.push(error);
  };
  for (const item of items) {
    await queue.onSizeLessThan(AT_ONCE * 2);
    if (reasons.length > 0) break;
    void queue.add(() =>
      work(item).then(() => {
        inVain = 0;
      }, failed),
    );
    await nextTurn();
  }
  await queue.onIdle();
  if (reasons.length > 0) throw reasons[0];
  return failures;
}

/** Whether another question may be answered all the same. */
function isOfOne(error: unknown): error is MispError {
  return error instanceof MispError && error.meaning !== "key" && error.wait === undefined;
}
