import type { Hire, Worker } from "../../src/bench/workers/question.ts";
import { roles } from "../../src/bench/workers/roles.ts";

/** Fills a role in this process. */
export const hireHere: Hire = async (role, options): Promise<Worker> => {
  const { handlers, close } = await roles[role](options);
  let closing: Promise<void> | undefined;
  return {
    ask: async (question, argument) => {
      const handler = handlers.find(({ name }) => name === question.name);
      if (!handler) throw new Error(`a ${role} cannot be asked ${question.name}`);
      return question.answer.parse(await handler.handle(argument));
    },
    [Symbol.asyncDispose]: () => {
      closing ??= close();
      return closing;
    },
  };
};
