import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";

/** One message of the feed, with when it came, milliseconds, where the recording tells. */
export interface RecordedFrame {
  at: number | undefined;
  frame: Buffer;
}

const own = z.object({ at: z.number(), frame: z.string() }).transform(({ at, frame }) => ({ at, frame }));
/** Other recorders keep seconds and call the frame raw. */
const foreign = z.object({ t: z.number(), raw: z.string() }).transform(({ t, raw }) => ({ at: t * 1000, frame: raw }));
const line = z.union([own, foreign]);

/** Reads a recorded feed: one message a line, as `topic {…}` or as `{"at": milliseconds, "frame": "topic {…}"}`. */
export async function* readRecording(file: string): AsyncGenerator<RecordedFrame> {
  for await (const text of createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Infinity })) {
    if (text.trim() === "") continue;
    const read = text.startsWith("{") ? line.safeParse(parsed(text)) : undefined;
    const { at, frame } = read?.success ? read.data : { at: undefined, frame: text };
    yield { at, frame: Buffer.from(frame) };
  }
}

/** Writes what is heard to a file that `readRecording` reads, behind what is there already. */
export class Recorder {
  readonly #file: ReturnType<typeof createWriteStream>;
  readonly #clock: () => number;

  /** @param failed called when the file cannot be written; nothing is recorded then */
  constructor(file: string, clock: () => number, failed: (error: Error) => void) {
    this.#clock = clock;
    this.#file = createWriteStream(file, { flags: "a", mode: 0o600 });
    this.#file.on("error", failed);
    // Whoever wrote there before may have been cut off within a line: by a full disk, or a kill.
    this.#file.write("\n");
  }

  frames(frames: readonly Buffer[]): void {
    const at = this.#clock();
    const lines = frames.map((frame) => `${JSON.stringify({ at, frame: frame.toString("utf8") })}\n`);
    if (this.#file.writable) this.#file.write(lines.join(""));
  }

  /** Resolves when all of it is in the file. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#file.writable) this.#file.end(() => resolve());
      else resolve();
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
