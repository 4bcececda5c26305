import { z } from "zod";
import type { Duty } from "./question.ts";
import { roles } from "./roles.ts";
import { type Reply, request } from "./wire.ts";

// The beginning of a process that was started for one role: `child.js ROLE OPTIONS`, questions and answers over IPC.
const [name, options = "{}"] = process.argv.slice(2);
const role = z.enum(["publisher", "reader", "courier", "ledger"]).parse(name);

// An interrupt goes to the whole group; who asked for this process decides when it ends.
process.on("SIGINT", () => undefined);
const duty = await roles[role](JSON.parse(options));
process.once("disconnect", () => void end(duty));
process.on("message", (message) => void meet(duty, message).then(say));
say({ ready: true });

function say(reply: Reply): void {
  // Whoever asked may have gone meanwhile, which `disconnect` tells.
  if (process.connected) process.send?.(reply, undefined, undefined, () => undefined);
}

async function meet({ handlers }: Duty, message: unknown): Promise<Reply> {
  const { id, name, argument } = request.parse(message);
  try {
    const handler = handlers.find((candidate) => candidate.name === name);
    if (!handler) throw new Error(`a ${role} cannot be asked ${name}`);
    return { id, answer: await handler.handle(argument) };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

async function end({ close }: Duty): Promise<void> {
  try {
    await close();
  } finally {
    process.exit();
  }
}
