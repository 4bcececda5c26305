import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Hire, Question, Worker } from "./question.ts";
import { type Request, reply } from "./wire.ts";

/** How long a process may take to end by itself, milliseconds. */
const PATIENCE = 20_000;

/** Starts a process for each role. What it writes goes to standard error. */
export const hireProcess: Hire = async (role, options) => {
  const file = fileURLToPath(new URL("./child.js", import.meta.url));
  const child = fork(file, [role, JSON.stringify(options)], { stdio: ["ignore", 2, 2, "ipc"] });
  const worker = new ForkedWorker(child, role);
  await worker.ready;
  return worker;
};

interface Waiting {
  resolve: (answer: unknown) => void;
  reject: (error: Error) => void;
}

/** One process and the questions that it has not answered yet. */
class ForkedWorker implements Worker {
  readonly ready: Promise<unknown>;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  #failure: Error | undefined;

  constructor(child: ChildProcess, role: string) {
    this.#child = child;
    this.ready = new Promise((resolve, reject) => this.#waiting.set(0, { resolve, reject }));
    child.on("message", (message) => this.#hear(message));
    child.on("error", (error) => this.#fail(error));
    child.once("exit", (code, signal) => this.#fail(new Error(`the ${role} ended (${signal ?? code})`)));
  }

  async ask<Argument, Answer>(question: Question<Argument, Answer>, argument: Argument): Promise<Answer> {
    if (this.#failure) throw this.#failure;
    this.#asked += 1;
    const request: Request = { id: this.#asked, name: question.name, argument };
    const answered = new Promise((resolve, reject) => this.#waiting.set(request.id, { resolve, reject }));
    this.#child.send(request);
    return question.answer.parse(await answered);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), PATIENCE);
    await ended;
    clearTimeout(timer);
  }

  #hear(message: unknown): void {
    const said = reply.parse(message);
    const id = "ready" in said ? 0 : said.id;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if ("error" in said) waiting?.reject(new Error(said.error));
    else waiting?.resolve("answer" in said ? said.answer : undefined);
  }

  #fail(error: Error): void {
    this.#failure = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
