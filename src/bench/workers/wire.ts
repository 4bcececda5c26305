import { z } from "zod";

/** What goes to a worker in another process; `id` comes back with the answer. */
export const request = z.strictObject({ id: z.number(), name: z.string(), argument: z.unknown() });

/** What comes back from it: that it is ready, an answer, or the stack of an error. */
export const reply = z.union([
  z.strictObject({ ready: z.literal(true) }),
  z.strictObject({ id: z.number(), answer: z.unknown() }),
  z.strictObject({ id: z.number(), error: z.string() }),
]);

/** The one way: a question on its way to a worker. */
export type Request = z.output<typeof request>;
/** The other way. */
export type Reply = z.output<typeof reply>;
