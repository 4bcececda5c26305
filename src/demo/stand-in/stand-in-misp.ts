import { Commands } from "./commands.ts";
import { type Faults, losesMessage, noFaults } from "./faults.ts";
import type { Account, Instance, Topic } from "./instance.ts";
import { FeedPublisher } from "./publisher.ts";
import { RestServer, type SeenRequest } from "./rest-server.ts";
import { ADMIN } from "./roles.ts";
import { Store } from "./store.ts";

/** How a stand-in is opened; times are milliseconds, ports of 0 (the default) mean any that is free. */
export interface StandInOptions {
  /** Milliseconds since 1970. */
  clock?: () => number;
  /** What `Authorization` must hold. */
  key?: string;
  restPort?: number;
  zeromqPort?: number;
  /** With a user name, subscribers must log in (PLAIN). */
  username?: string;
  password?: string;
  /** How many messages wait for a slow subscriber before the rest is dropped; MISP never sets it, which means 1000. */
  sendHighWaterMark?: number;
  /** Messages a second at the most while someone listens; 10,000 is what MISP's own publisher comes near. */
  rate?: number;
  /** No `misp_json_self`. */
  silent?: boolean;
  /** Silence after which `misp_json_self` is sent. */
  aliveAfter?: number;
  /** How long a publisher that was bound again waits before it sends what queued up. */
  settle?: number;
}

const KEY = "standinstandinstandinstandinstandinstand";

/** A MISP that exists only in memory, seen from outside: its commands, its REST API and its ZeroMQ feed on loopback. */
export class StandInMisp extends Commands {
  /** Read at every step; to be changed at will. */
  readonly faults: Faults;
  readonly key: string;
  readonly #publisher: FeedPublisher;
  readonly #rest: RestServer;

  private constructor(instance: Instance, faults: Faults, key: string, publisher: FeedPublisher, rest: RestServer) {
    super(instance);
    this.faults = faults;
    this.key = key;
    this.#publisher = publisher;
    this.#rest = rest;
  }

  static async open(options: StandInOptions = {}): Promise<StandInMisp> {
    const { clock = Date.now, key = KEY } = options;
    const faults = noFaults();
    const publisher = await openPublisher(options, clock, faults);
    const instance = newInstance(clock, faults, publisher);
    const rest = await RestServer.open(options.restPort ?? 0, instance, key, faults);
    return new StandInMisp(instance, faults, key, publisher, rest);
  }

  /** The base of the REST API. */
  get url(): string {
    return this.#rest.url;
  }

  /** Where subscribers connect. */
  get endpoint(): string {
    return this.#publisher.endpoint;
  }

  /** The last 10,000 requests, the newest at the end. */
  get requests(): readonly SeenRequest[] {
    return this.#rest.requests;
  }

  /** The role of the key's user; its `perm_…` flags are in force. */
  get role(): Account["role"] {
    return this.instance.account.role;
  }

  set role(role: Account["role"]) {
    this.instance.account.role = role;
  }

  /** The local number of the organisation of the key's user. */
  get keyOrganisation(): number {
    return this.instance.account.organisation;
  }

  set keyOrganisation(organisation: number) {
    this.instance.account.organisation = organisation;
  }

  /** Resolves when all messages queued so far were handed to the socket, or wait for a killed publisher. */
  flushed(): Promise<void> {
    return this.#publisher.flushed();
  }

  /** Resolves as soon as someone subscribes to exactly this prefix: what is sent from then on reaches that socket. */
  heard(prefix: string): Promise<void> {
    return this.#publisher.subscriptions.heard(prefix);
  }

  /** Sends `misp_json_self` now. */
  sayAlive(): void {
    this.#publisher.sayAlive();
  }

  /** Queues a frame as it is, past all faults. */
  sendRaw(frame: string | Buffer): void {
    this.#publisher.push(frame);
  }

  /** Closes the publisher, binds it again on the same port after `downFor` ms, and sends what queued up meanwhile. */
  restartPublisher(options: { downFor?: number } = {}): Promise<void> {
    return this.#publisher.restart(options.downFor ?? 0);
  }

  /** Closes the publisher; messages queue up, and the next one brings it back. */
  killPublisher(): void {
    this.#publisher.kill();
  }

  async close(): Promise<void> {
    await Promise.all([this.#rest.close(), this.#publisher.close()]);
  }
}

function openPublisher(options: StandInOptions, clock: () => number, faults: Faults): Promise<FeedPublisher> {
  const { username, password = "", silent = false, aliveAfter = 10_000 } = options;
  return FeedPublisher.open({
    port: options.zeromqPort ?? 0,
    login: username === undefined ? undefined : { username, password },
    sendHighWaterMark: options.sendHighWaterMark ?? 1000,
    rate: options.rate ?? 10_000,
    aliveAfter: silent ? undefined : aliveAfter,
    settle: options.settle ?? 1000,
    clock,
    faults,
  });
}

function newInstance(clock: () => number, faults: Faults, publisher: FeedPublisher): Instance {
  const store = new Store();
  const now = () => Math.floor(clock() / 1000);
  store.addOrganisation("ORGNAME", "aeea95ce-1400-46e6-a396-c5e817780fa0", true, now());
  const emit = (topic: Topic, body: () => unknown) => {
    store.version += 1;
    if (!losesMessage(faults, topic)) publisher.push(Buffer.from(`${topic} ${JSON.stringify(body())}`));
  };
  return { store, account: { role: ADMIN, organisation: 1 }, emit, now };
}
