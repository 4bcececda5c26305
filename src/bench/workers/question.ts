import { z } from "zod";

/** Something that a worker can be asked: its name, what goes with it, and the shape of the answer. */
export interface Question<Argument, Answer> {
  name: string;
  argument: z.ZodType<Argument>;
  answer: z.ZodType<Answer>;
}

/** What goes with a question that needs nothing. */
export const nothing = z.strictObject({});

/** How a worker meets one question; what it is given is checked first. */
export interface Handler {
  name: string;
  handle(argument: unknown): Promise<unknown>;
}

/** Ties a question to the work that answers it. */
export function answering<Argument, Answer>(
  question: Question<Argument, Answer>,
  work: (argument: Argument) => Answer | Promise<Answer>,
): Handler {
  return { name: question.name, handle: async (argument) => work(question.argument.parse(argument)) };
}

/** A worker as seen from inside: what it can be asked, and how it ends. */
export interface Duty {
  handlers: readonly Handler[];
  close(): Promise<void>;
}

/** Takes up a duty with options that it checks itself. */
export type Role = (options: unknown) => Promise<Duty>;

/** The kinds of work that are kept out of the process that measures. */
export type RoleName = "publisher" | "reader" | "courier" | "ledger";

/** A worker as seen from outside; disposing of it ends what it does and waits for that. */
export interface Worker extends AsyncDisposable {
  /** Rejects with the worker's own error, or when it ends before it has answered. */
  ask<Argument, Answer>(question: Question<Argument, Answer>, argument: Argument): Promise<Answer>;
}

/** Finds somebody for a role; resolves when the work can begin. */
export type Hire = (role: RoleName, options: object) => Promise<Worker>;
