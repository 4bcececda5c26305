import { XPublisher } from "zeromq";
import { Subscriptions } from "../../src/demo/stand-in/subscriptions.ts";
import { readAnswers, type Step } from "./recording.ts";
import { ReplayedRest } from "./replayed-rest.ts";

/** A genuine MISP, recorded: its feed over a real ZeroMQ socket, the answers of its REST API, and the time it was then. */
export class ReplayedMisp implements AsyncDisposable {
  readonly rest: ReplayedRest;
  readonly #socket: XPublisher;
  readonly #subscriptions = new Subscriptions();
  #recorded = 0;
  #played = 0;

  private constructor(rest: ReplayedRest, socket: XPublisher) {
    this.rest = rest;
    this.#socket = socket;
    void this.#subscriptions.follow(socket);
  }

  static async open(): Promise<ReplayedMisp> {
    const socket = new XPublisher({ sendHighWaterMark: 0, linger: 0 });
    await socket.bind("tcp://127.0.0.1:*");
    return new ReplayedMisp(await ReplayedRest.open(await readAnswers()), socket);
  }

  get endpoint(): string {
    return this.#socket.lastEndpoint ?? "";
  }

  /** Unix milliseconds: the time of the step that is played, from where the clock goes on. */
  readonly clock = (): number => Math.floor(this.#recorded + performance.now() - this.#played);

  /** Moves the clock to a recorded moment, never back. */
  reach(moment: number): void {
    this.#recorded = Math.max(moment, this.clock());
    this.#played = performance.now();
  }

  /** Resolves as soon as someone subscribes to exactly this prefix. */
  heard(prefix: string): Promise<void> {
    return this.#subscriptions.heard(prefix);
  }

  /** Goes to the time of a step, and to what it made of the events in REST; its frames are yet to be sent. */
  begin(step: Step): void {
    this.reach(step.at);
    this.rest.become(step);
  }

  async send(frame: string): Promise<void> {
    await this.#socket.send(frame);
  }

  /** Sends MISP's idle message, after which everything sent before has arrived. */
  async sayAlive(uptime: number): Promise<void> {
    await this.send(`misp_json_self {"status":"I feel FANTASTIC and I'm still alive.","uptime":${uptime}}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.rest[Symbol.asyncDispose]();
  }
}
