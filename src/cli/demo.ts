import type { Command } from "./command.ts";
export const demo: Command = { usage: "demo", summary: "x", options: {}, words: [0, 0], run: async () => 0 };
