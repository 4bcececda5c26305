import type { Faults } from "./faults.ts";

interface Task {
  id: number;
  name: string;
  status: string;
  created: number;
  completed: number | null;
  message: string;
}

/** Work that a stand-in console does after it has answered: it goes on each time that somebody looks. */
export class Tasks {
  readonly #tasks = new Map<number, { task: Task; looks: number; work: () => void; result: unknown }>();
  readonly #faults: Faults;
  readonly #clock: () => number;
  #id = 70;

  constructor(faults: Faults, clock: () => number) {
    this.#faults = faults;
    this.#clock = clock;
  }

  /** @param work what it does in the end; what it returns is its result */
  start(name: string, work: () => unknown): Task {
    this.#id += 1;
    const task = { id: this.#id, name, status: "QUEUED", created: this.#clock(), completed: null, message: "Queued." };
    const entry = { task, looks: 0, result: undefined as unknown, work: () => {} };
    entry.work = () => {
      entry.result = work();
    };
    this.#tasks.set(task.id, entry);
    return { ...task };
  }

  look(id: number): Task | undefined {
    const entry = this.#tasks.get(id);
    if (!entry) return undefined;
    entry.looks += 1;
    if (entry.task.completed === null && entry.looks > this.#faults.looks) this.#finish(id);
    else if (entry.task.completed === null) entry.task.status = "PROCESSING";
    return { ...entry.task };
  }

  result(id: number): unknown {
    return this.#tasks.get(id)?.result;
  }

  /** Ids of those that have not ended. */
  get open(): number[] {
    return [...this.#tasks.values()].filter(({ task }) => task.completed === null).map(({ task }) => task.id);
  }

  #finish(id: number): void {
    const entry = this.#tasks.get(id);
    if (!entry) return;
    const end = this.#faults.taskEnd;
    Object.assign(entry.task, { status: end, completed: this.#clock(), message: "" });
    if (end === "COMPLETED") entry.work();
  }
}
