import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Target } from "../../../src/targets/target.ts";
import { webhook } from "../../../src/targets/webhook.ts";
import type { FarSide } from "../far-side.ts";
import { AReceiver, type Fault, type ReceiverOptions } from "./a-receiver.ts";

export const SECRET = `whsec_${Buffer.from("a secret of thirty-two bytes ...").toString("base64")}`;
/** 14 November 2023, milliseconds. */
export const NOW = 1_700_000_000_000;

/** A `webhook` target and the receiver that it posts to. */
export interface AWebhook extends FarSide {
  receiver: AReceiver;
  /** The courier's state directory. */
  state: string;
  /** Milliseconds that are added to a fixed time. */
  later: { by: number };
}

/** Opens a target at a new receiver; gone after the test. */
export async function openWebhook(settings: object = {}, options: Partial<ReceiverOptions> = {}): Promise<AWebhook> {
  const later = { by: 0 };
  const receiver = await AReceiver.start({ secret: SECRET, clock: () => NOW + later.by, ...options });
  const state = mkdtempSync(join(tmpdir(), "courier-webhook-"));
  const close = async () => {
    await receiver[Symbol.asyncDispose]();
    rmSync(state, { recursive: true, force: true });
  };
  onTestFinished(close);
  const target = await openTarget({ url: receiver.url, ...settings }, { state, later });
  return {
    target,
    receiver,
    state,
    later,
    held: async () => [...receiver.held.values()].map(({ type, value }) => ({ type, value })),
    close,
  };
}

/** Opens a target as a start of the courier does. */
export function openTarget(settings: object, { state, later }: Pick<AWebhook, "state" | "later">): Promise<Target> {
  const context = { name: "soar", resolve: (path: string) => path, clock: () => NOW + later.by, state };
  return webhook.open(webhook.settings.parse({ secret: SECRET, ...settings }), context);
}

/** Lets the next requests fail, the first `times` of them. */
export function failing({ receiver }: AWebhook, fault: Fault, times = Number.POSITIVE_INFINITY): void {
  let left = times;
  receiver.fault = () => (left-- > 0 ? fault : undefined);
}
