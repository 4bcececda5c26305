import { Context, XPublisher } from "zeromq";
import { type Login, PlainLogin } from "../../src/demo/stand-in/plain-login.ts";
import { Subscriptions } from "../../src/demo/stand-in/subscriptions.ts";
import { TOPICS } from "../../src/misp/messages.ts";
import { eventually } from "./running-courier.ts";

/** A bare publisher socket on loopback that drops nothing, in place of MISP's. */
export class APublisher implements AsyncDisposable {
  readonly #context = new Context();
  #subscriptions = new Subscriptions();
  #login: PlainLogin | undefined;
  #socket: XPublisher | undefined;
  #endpoint: string;

  private constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  static async open(login?: Login, endpoint = "tcp://127.0.0.1:*"): Promise<APublisher> {
    const publisher = new APublisher(endpoint);
    if (login) publisher.#login = await PlainLogin.open(publisher.#context, login);
    await publisher.open();
    return publisher;
  }

  get endpoint(): string {
    return this.#endpoint;
  }

  /** Binds; after a `close` at the same port. */
  async open(): Promise<void> {
    const socket = new XPublisher({
      context: this.#context,
      sendHighWaterMark: 0,
      linger: 0,
      plainServer: this.#login !== undefined,
    });
    await eventually(() => socket.bind(this.#endpoint));
    this.#endpoint = socket.lastEndpoint ?? this.#endpoint;
    this.#socket = socket;
    this.#subscriptions = new Subscriptions();
    void this.#subscriptions.follow(socket);
  }

  close(): void {
    this.#socket?.close();
  }

  /** Resolves once a feed has subscribed to everything that it works on. */
  async heard(): Promise<void> {
    await Promise.all(TOPICS.map((topic) => this.#subscriptions.heard(`${topic} `)));
  }

  async send(...frames: readonly (string | Buffer)[]): Promise<void> {
    for (const frame of frames) await this.#socket?.send(frame);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    this.#login?.close();
  }
}
