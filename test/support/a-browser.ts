import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { Readable, Writable } from "node:stream";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** A Chromium on this machine, by `CHROMIUM` or by its usual names; `undefined` when there is none. */
export function chromiumOnThisMachine(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const places = [process.env.CHROMIUM ?? "", ...folders.flatMap((folder) => NAMES.map((name) => join(folder, name)))];
  return places.find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return path !== "";
  } catch {
    return false;
  }
}

/** How the page is looked at. */
export interface Look {
  width?: number;
  height?: number;
  scheme?: "light" | "dark";
}

type Parameters = Record<string, unknown>;
type Answer = Record<string, unknown>;

/** A Chromium without a window and with one tab, spoken to over its debugging pipe. */
export class Browser implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #commands: Writable;
  readonly #waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
  /** What the page complained about: exceptions, and whatever the browser's policies refused. */
  readonly complaints: string[] = [];
  #last = 0;
  #session = "";
  #password = "";

  private constructor(program: string, folder: string) {
    this.#folder = folder;
    const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"];
    this.#process = spawn(program, [...flags, "--remote-debugging-pipe", `--user-data-dir=${folder}`, "about:blank"], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
      // What it leaves behind goes with the folder.
      env: { ...process.env, TMPDIR: folder },
    });
    const [, , , commands, answers] = this.#process.stdio;
    if (!(commands instanceof Writable) || !(answers instanceof Readable)) throw new Error("there is no pipe");
    this.#commands = commands;
    let rest = "";
    answers.setEncoding("utf8").on("data", (text: string) => {
      const messages = (rest + text).split("\0");
      rest = messages.pop() ?? "";
      for (const message of messages) this.#take(JSON.parse(message));
    });
  }

  static async open(program: string): Promise<Browser> {
    const browser = new Browser(program, await mkdtemp(join(tmpdir(), "courier-browser-")));
    const { targetId } = await browser.#ask("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await browser.#ask("Target.attachToTarget", { targetId, flatten: true });
    browser.#session = String(sessionId);
    for (const domain of ["Page", "Runtime", "Log"]) await browser.#ask(`${domain}.enable`);
    return browser;
  }

  /** Opens an address. */
  async go(url: string, { width = 1280, height = 900, scheme = "light" }: Look = {}): Promise<void> {
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    await this.#ask("Emulation.setEmulatedMedia", { features });
    const mobile = width < 600;
    await this.#ask("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile });
    await this.#ask("Page.navigate", { url });
  }

  /** Gives this password, under any name, whenever a server asks for one. */
  async logIn(password: string): Promise<void> {
    this.#password = password;
    await this.#ask("Fetch.enable", { handleAuthRequests: true });
  }

  /** Has every request carry these headers, as after a person was asked for a token. */
  async carry(headers: Record<string, string>): Promise<void> {
    await this.#ask("Network.enable", {});
    await this.#ask("Network.setExtraHTTPHeaders", { headers });
  }

  /** What an expression comes to in the page. */
  async evaluate(expression: string): Promise<unknown> {
    const answer = await this.#ask("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    const { result, exceptionDetails } = answer as { result: { value?: unknown }; exceptionDetails?: unknown };
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return result.value;
  }

  /** Types into whatever has the focus, and sends it off. */
  async type(text: string): Promise<void> {
    await this.#ask("Input.insertText", { text });
    const enter = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 13, text: "\r" };
    await this.#ask("Input.dispatchKeyEvent", { type: "keyDown", ...enter });
    await this.#ask("Input.dispatchKeyEvent", { type: "keyUp", ...enter });
  }

  /** The page as a PNG, as far as the window shows it or, `whole`, to its end. */
  async picture(whole = false): Promise<Buffer> {
    const { data } = await this.#ask("Page.captureScreenshot", { format: "png", captureBeyondViewport: whole });
    return Buffer.from(String(data), "base64");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await gone;
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #ask(method: string, params: Parameters = {}): Promise<Answer> {
    this.#last += 1;
    const id = this.#last;
    const session = this.#session === "" ? {} : { sessionId: this.#session };
    this.#commands.write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #showPassword(requestId: unknown): Promise<Answer> {
    const answer = { response: "ProvideCredentials", username: "page", password: this.#password };
    return this.#ask("Fetch.continueWithAuth", { requestId, authChallengeResponse: answer });
  }

  #take(message: { id?: number; method?: string; params?: Parameters; result?: Answer; error?: Answer }): void {
    const { id = 0, method, params, result = {}, error } = message;
    if (method === "Runtime.exceptionThrown" || method === "Log.entryAdded") {
      this.complaints.push(JSON.stringify(params));
    }
    if (method === "Fetch.requestPaused") void this.#ask("Fetch.continueRequest", { requestId: params?.requestId });
    if (method === "Fetch.authRequired") void this.#showPassword(params?.requestId);
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new Error(JSON.stringify(error)));
    else waiting?.resolve(result);
  }
}
