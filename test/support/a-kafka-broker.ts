import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import kafkajs from "kafkajs";

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
  readonly #directory: string;
  readonly #settings: string;
  readonly #words: string[] = [];
  #process: ChildProcess | undefined;

  private constructor(directory: string, settings: string, address: string) {
    this.#directory = directory;
    this.#settings = settings;
    this.address = address;
  }

  /** @param users accounts that log in with SCRAM, by name; without any, nobody has to */
  static async start(users: Record<string, string> = {}): Promise<AKafkaBroker> {
    const directory = await mkdtemp(join(tmpdir(), "kafka-"));
    const [port, controller] = [await freePort(), await freePort()];
    const settings = join(directory, "server.properties");
    await writeFile(settings, properties(directory, port, controller, Object.keys(users).length > 0));
    const broker = new AKafkaBroker(directory, settings, `127.0.0.1:${port}`);
    const accounts = Object.entries(users).flatMap(([name, password]) => [
      ...["--add-scram", `SCRAM-SHA-512=[name=${name},password=${password}]`],
    ]);
    // One that begins with a hyphen would pass for an option.
    const cluster = Buffer.concat([Buffer.of(0), randomBytes(15)]).toString("base64url");
    const format = ["format", "--standalone", "-t", cluster, "-c", settings, ...accounts];
    await promisify(execFile)("java", [...JAVA, join(KAFKA_JARS, "*"), "kafka.tools.StorageTool", ...format]);
    await broker.start();
    return broker;
  }

  /** Starts it, again, with all that it held. */
  async start(): Promise<void> {
    const broker = spawn("java", [...JAVA, join(KAFKA_JARS, "*"), "kafka.Kafka", this.#settings], {
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

  /** As an application of somebody else would use it. */
  client(): kafkajs.Kafka {
    return new kafkajs.Kafka({ brokers: [this.address], logLevel: kafkajs.logLevel.NOTHING });
  }

  async createTopic(topic: string, partitions = 1, settings: Record<string, string> = {}): Promise<void> {
    const admin = this.client().admin();
    await admin.connect();
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor: 1, configEntries }] });
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

function properties(directory: string, port: number, controller: number, login: boolean): string {
  const protocol = login ? "SASL_PLAINTEXT" : "PLAINTEXT";
  const scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
  return [
    "process.roles=broker,controller",
    "node.id=1",
    `listeners=CLIENTS://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    "controller.listener.names=CONTROLLER",
    "inter.broker.listener.name=CLIENTS",
    `controller.quorum.bootstrap.servers=127.0.0.1:${controller}`,
    `listener.security.protocol.map=CLIENTS:${protocol},CONTROLLER:PLAINTEXT`,
    ...(login
      ? [
          "sasl.enabled.mechanisms=SCRAM-SHA-512",
          "sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512",
          `listener.name.clients.scram-sha-512.sasl.jaas.config=${scram.replace(";", ' username="broker" password="br0ker";')}`,
        ]
      : []),
    `log.dirs=${join(directory, "data")}`,
    "num.partitions=1",
    "auto.create.topics.enable=false",
    "offsets.topic.replication.factor=1",
    "offsets.topic.num.partitions=1",
    "transaction.state.log.replication.factor=1",
    "transaction.state.log.min.isr=1",
    "transaction.state.log.num.partitions=1",
    "group.initial.rebalance.delay.ms=0",
    "log.cleaner.dedupe.buffer.size=1048577",
    "",
  ].join("\n");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
