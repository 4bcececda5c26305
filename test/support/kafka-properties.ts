import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../../src/bench/free-port.ts";

/** How a broker's door is kept; whoever comes in by the other one, on loopback too, has to show nothing. */
export interface Guard {
  login?: { mechanism: "scram-sha-512" | "plain"; username: string; password: string };
  tls?: boolean;
}

/** The settings of a broker of one node, and where it listens. */
export interface Premises {
  file: string;
  /** The door that is kept. */
  address: string;
  /** The other one. */
  inside: string;
  /** With TLS: the certificate that it shows (PEM), which nobody else vouches for. */
  certificate: string;
}

const KEYSTORE_PASSWORD = "changeit";
const MODULES = {
  "scram-sha-512": "org.apache.kafka.common.security.scram.ScramLoginModule required;",
  plain: "org.apache.kafka.common.security.plain.PlainLoginModule required",
};

/** Writes them into a folder of its own. */
export async function furnish(directory: string, guard: Guard): Promise<Premises> {
  const [clients, inside, controller] = [await freePort(), await freePort(), await freePort()];
  const premises = {
    file: join(directory, "server.properties"),
    address: `127.0.0.1:${clients}`,
    inside: `127.0.0.1:${inside}`,
    certificate: join(directory, "broker.pem"),
  };
  if (guard.tls) await certify(directory, premises.certificate);
  const lines = [
    "process.roles=broker,controller",
    "node.id=1",
    `listeners=CLIENTS://127.0.0.1:${clients},INSIDE://127.0.0.1:${inside},CONTROLLER://127.0.0.1:${controller}`,
    "controller.listener.names=CONTROLLER",
    "inter.broker.listener.name=INSIDE",
    `controller.quorum.bootstrap.servers=127.0.0.1:${controller}`,
    `listener.security.protocol.map=CLIENTS:${protocol(guard)},INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT`,
    ...encryption(directory, guard),
    ...accounts(guard),
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
  ];
  await writeFile(premises.file, lines.join("\n"));
  return premises;
}

function protocol({ login, tls }: Guard): string {
  return `${login ? "SASL_" : ""}${tls ? "SSL" : "PLAINTEXT"}`;
}

function encryption(directory: string, { tls }: Guard): string[] {
  if (!tls) return [];
  return [
    "ssl.keystore.type=PKCS12",
    `ssl.keystore.location=${join(directory, "broker.p12")}`,
    `ssl.keystore.password=${KEYSTORE_PASSWORD}`,
  ];
}

function accounts({ login }: Guard): string[] {
  if (!login) return [];
  const { mechanism, username, password } = login;
  // Those of SCRAM are in the broker's own data, from the day when it was formatted.
  const known = mechanism === "plain" ? ` user_${username}="${password}";` : "";
  return [
    `sasl.enabled.mechanisms=${mechanism.toUpperCase()}`,
    `listener.name.clients.${mechanism}.sasl.jaas.config=${MODULES[mechanism]}${known}`,
  ];
}

async function certify(directory: string, certificate: string): Promise<void> {
  const store = ["-alias", "broker", "-storetype", "PKCS12", "-keystore", join(directory, "broker.p12")];
  const password = ["-storepass", KEYSTORE_PASSWORD];
  const keytool = (...words: string[]) => promisify(execFile)("keytool", [...words, ...store, ...password]);
  const name = ["-dname", "CN=broker", "-ext", "san=ip:127.0.0.1"];
  await keytool("-genkeypair", "-keyalg", "EC", ...name);
  await keytool("-exportcert", "-rfc", "-file", certificate);
}
