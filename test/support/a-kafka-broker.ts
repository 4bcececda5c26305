import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import kafkajs from "kafkajs";
import { furnish, type Guard, type Premises } from "./kafka-properties.ts";
import { eventually } from "./running-courier.ts";

/** The folder with a broker's jars, which `.ci/kafka` fetches; without it whatever needs a broker is left out. */
export const KAFKA_JARS = process.env.KAFKA_JARS ?? "";
/** Why that is so, for the titles of what is left out. */
export const NEEDS_BROKER = KAFKA_JARS === "" ? " (left out: needs the broker that .ci/kafka fetches)" : "";

const STARTED = "Kafka Server started";
/** A small heap, and no time lost on compiling what runs for a minute. */
const JAVA = ["-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp"];

/** A real Kafka broker of one node (KRaft), on loopback, in a folder of its own. */
export class AKafkaBroker implements AsyncDisposable {
  readonly address: string;
  /** With TLS: the file with its certificate. */
  readonly certificate: string;
  readonly #directory: string;
  readonly #premises: Premises;
  readonly #words: string[] = [];
  #process: ChildProcess | undefined;

  private constructor(directory: string, premises: Premises) {
    this.#directory = directory;
    this.#premises = premises;
    this.address = premises.address;
    this.certificate = premises.certificate;
  }

  /** @param guard what whoever connects has to do; nothing, if it says nothing */
  static async start(guard: Guard = {}): Promise<AKafkaBroker> {
    const directory = await mkdtemp(join(tmpdir(), "kafka-"));
    const premises = await furnish(directory, guard);
    const broker = new AKafkaBroker(directory, premises);
    const { login } = guard;
    const accounts =
      login?.mechanism === "scram-sha-512"
        ? ["--add-scram", `SCRAM-SHA-512=[name=${login.username},password=${login.password}]`]
        : [];
    // One that begins with a hyphen would pass for an option.
    const cluster = Buffer.concat([Buffer.of(0), randomBytes(15)]).toString("base64url");
    const format = ["format", "--standalone", "-t", cluster, "-c", premises.file, ...accounts];
    await promisify(execFile)("java", [...JAVA, join(KAFKA_JARS, "*"), "kafka.tools.StorageTool", ...format]);
    await broker.start();
    return broker;
  }

  /** Starts it, again, with all that it held. */
  async start(): Promise<void> {
    const broker = spawn("java", [...JAVA, join(KAFKA_JARS, "*"), "kafka.Kafka", this.#premises.file], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = broker;
    const started = new Promise<void>((resolve, reject) => {
      for (const stream of [broker.stdout, broker.stderr]) {
        createInterface({ input: stream }).on("line", (line) => {
          this.#words.push(line);
          if (this.#words.length > 100) this.#words.shift();
          if (line.includes(STARTED)) resolve();
        });
      }
      broker.once("exit", (code) => reject(new Error(`the broker ended with ${code}\n${this.#words.join("\n")}`)));
    });
    await started;
  }

  /** Stands still, with all its connections, as behind a network that swallows everything. */
  freeze(): void {
    this.#process?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#process?.kill("SIGCONT");
  }

  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const broker = this.#process;
    this.#process = undefined;
    if (!broker || broker.exitCode !== null || broker.signalCode !== null) return;
    const gone = once(broker, "exit");
    broker.kill(signal);
    await gone;
  }

  /** As an application of somebody else inside would use it. */
  client(): kafkajs.Kafka {
    return new kafkajs.Kafka({ brokers: [this.#premises.inside], logLevel: kafkajs.logLevel.NOTHING });
  }

  async createTopic(topic: string, partitions = 1, settings: Record<string, string> = {}): Promise<void> {
    const admin = this.client().admin();
    await admin.connect();
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    const topics = [{ topic, numPartitions: partitions, replicationFactor: 1, configEntries }];
    await admin.createTopics({ topics, waitForLeaders: false });
    // A broker that is busy leads a topic only a while after it has it.
    await eventually(() => admin.fetchTopicOffsets(topic), 30_000);
    await admin.disconnect();
  }

  /** Resolves once it is gone, so that another may be made under its name. */
  async deleteTopic(topic: string): Promise<void> {
    const admin = this.client().admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [topic] });
    await eventually(async () => {
      if ((await admin.listTopics()).includes(topic)) throw new Error(`${topic} is still there`);
    }, 30_000);
    await admin.disconnect();
  }

  /** Writes as somebody else does, without keys, one record after the other. */
  async say(topic: string, ...values: readonly string[]): Promise<void> {
    const producer = this.client().producer();
    await producer.connect();
    await producer.send({ topic, messages: values.map((value) => ({ value })) });
    await producer.disconnect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.thaw();
    await this.stop("SIGKILL");
    await rm(this.#directory, { recursive: true, force: true });
  }
}
