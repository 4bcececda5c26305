import { type Context, Reply } from "zeromq";

/** The user name and password that subscribers must give. */
export interface Login {
  username: string;
  password: string;
}

/**
 * Answers ZeroMQ's own authentication requests (RFC 27) of one context. To be opened before a socket with `plainServer`
 * is bound; a subscriber with another login is refused without an error on either side, as libzmq does.
 */
export class PlainLogin {
  readonly #socket: Reply;
  readonly #login: Login;

  private constructor(socket: Reply, login: Login) {
    this.#socket = socket;
    this.#login = login;
  }

  static async open(context: Context, login: Login): Promise<PlainLogin> {
    const socket = new Reply({ context, linger: 0 });
    await socket.bind("inproc://zeromq.zap.01");
    const opened = new PlainLogin(socket, login);
    void opened.#answer();
    return opened;
  }

  close(): void {
    this.#socket.close();
  }

  async #answer(): Promise<void> {
    for await (const frames of this.#socket) {
      const [version = "1.0", request = "", , , , , username, password] = frames;
      const welcome = `${username}` === this.#login.username && `${password}` === this.#login.password;
      const verdict = welcome ? ["200", "OK", this.#login.username] : ["400", "Invalid credentials", ""];
      await this.#socket.send([version, request, ...verdict, ""]);
    }
  }
}
