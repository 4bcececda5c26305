import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collectGarbage: unknown = runInNewContext("gc");
const OFTEN = 50;
let closed = 0;

/** A closed database gives its files back once its statements are collected: whoever closes very many waits here after each. */
export async function letGo(): Promise<void> {
  closed += 1;
  if (closed % OFTEN !== 0 || typeof collectGarbage !== "function") return;
  collectGarbage();
  await nextTurn();
}
