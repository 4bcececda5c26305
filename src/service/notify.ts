import { execFile } from "node:child_process";

/** The part of the environment by which systemd says that it listens, and how long it waits for a sign of life. */
export interface SupervisorEnvironment {
  NOTIFY_SOCKET?: string | undefined;
  /** Microseconds. */
  WATCHDOG_USEC?: string | undefined;
  PATH?: string | undefined;
}

/**
 * Whoever started the courier and watches over it: systemd, or nobody. Node has no datagram sockets of the file system, so
 * systemd's own program carries the words; where it is missing they are lost, and systemd's timeouts tell.
 */
export class Supervisor {
  readonly #environment: SupervisorEnvironment;
  #said = 0;

  constructor(environment: SupervisorEnvironment) {
    this.#environment = environment;
  }

  /** Everything is open and at work. */
  ready(): void {
    this.#say("READY=1");
  }

  /** The end has begun: what is still to be delivered is delivered. */
  stopping(): void {
    this.#say("STOPPING=1");
  }

  /** A sign of life. Only as many of them go out as systemd asked for. */
  alive(now: number): void {
    const limit = Number(this.#environment.WATCHDOG_USEC) / 1000;
    if (!(limit > 0) || Math.abs(now - this.#said) < limit / 3) return;
    this.#said = now;
    this.#say("WATCHDOG=1");
  }

  #say(word: string): void {
    const { NOTIFY_SOCKET, PATH } = this.#environment;
    if (!NOTIFY_SOCKET) return;
    execFile("systemd-notify", [word], { env: { NOTIFY_SOCKET, PATH }, timeout: 10_000 }, () => undefined);
  }
}
