import type { Observer } from "../courier/courier.ts";
import { Front, type FrontOptions } from "./front.ts";

/** How long an address that is taken is left alone, milliseconds. */
const RETRY = 10_000;

/** A front that deliveries do not wait for: an address that cannot be listened on is logged, and tried again and again. */
export class LastingFront implements AsyncDisposable {
  readonly #options: FrontOptions;
  readonly #front: Front;
  #timer: NodeJS.Timeout | undefined;
  #trying: Promise<void>;
  #closed = false;

  constructor(options: FrontOptions) {
    this.#options = options;
    this.#front = new Front(options);
    this.#trying = this.#try();
  }

  get observer(): Observer {
    return this.#front.observer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#trying;
    clearTimeout(this.#timer);
    await this.#front[Symbol.asyncDispose]();
  }

  async #try(): Promise<void> {
    const { config, log } = this.#options;
    try {
      await this.#front.listen();
      log.info("The page can be opened", { url: this.#front.url });
    } catch (error) {
      const { host, port } = config.http.listen;
      log.error("The page, metrics and lists cannot be served; this is tried again", {
        listen: `${host}:${port}`,
        error,
      });
      if (this.#closed) return;
      this.#timer = setTimeout(() => {
        this.#trying = this.#try();
      }, RETRY);
    }
  }
}
