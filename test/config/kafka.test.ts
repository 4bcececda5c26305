import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { secretsOf } from "../../src/config/secrets.ts";
import { aFolder } from "../support/a-folder.ts";
import { complaints, load, MINIMAL } from "./configuration.ts";

const MISP = "misp:\n  url: https://m.example:8443/misp\n  key: k\n";
const BROKERS = "brokers: ['kafka.example:9092']";

describe("MISP over Kafka", () => {
  test("has the topics that MISP suggests, unless it says otherwise", () => {
    const { kafka } = load(`${MISP}  kafka: {${BROKERS}, topics: {tag: tags.of.misp}}\n`).misp;
    expect(kafka).toMatchObject({
      group: "misp-courier",
      tls: null,
      topics: { attribute: "misp_attribute", event_publish: "misp_event_publish", tag: "tags.of.misp" },
    });
  });

  test("has a topic for each of what it tells", () => {
    const topics = "{attribute: misp_event, sighting: misp, tag: misp}";
    expect(complaints(`${MISP}  kafka:\n    ${BROKERS}\n    topics: ${topics}\n`)).toEqual([
      "6 misp.kafka.topics.attribute: is the topic of event, too: what MISP tells there is not told apart",
      "6 misp.kafka.topics.tag: is the topic of sighting, too: what MISP tells there is not told apart",
    ]);
  });

  test("stands in the place of ZeroMQ, not beside it", () => {
    const both = `${MISP}  zeromq: tcp://127.0.0.1:50000\n  kafka: {${BROKERS}}\n`;
    expect(complaints(both)).toEqual(["5 misp.kafka: there is zeromq as well; keep one"]);
  });
});

describe("the line to the brokers", () => {
  const target = (more: string) => `${MINIMAL}targets:\n  bus: {type: kafka, ${more}}\n`;

  test("is in the clear unless told, and checked where it is encrypted", () => {
    const beside = { "ca.pem": readFileSync(new URL("../fixtures/tls/loopback.pem", import.meta.url), "utf8") };
    const tls = (more: string) => load(target(`${BROKERS}, ${more}`), {}, beside).targets.bus?.settings;
    expect(tls("tls: false")).toMatchObject({ tls: null });
    expect(tls("tls: true")).toMatchObject({ tls: { verify_tls: true } });
    expect(tls("tls: {ca_file: ./ca.pem}")).toMatchObject({ tls: { verify_tls: true, ca_file: "./ca.pem" } });
  });

  test("has its password kept out of the log", () => {
    const sasl = "sasl: {mechanism: plain, username: u, password: pa55word}";
    expect(secretsOf(load(target(`${BROKERS}, ${sasl}`)))).toContain("pa55word");
  });

  test.each([
    ["brokers: [kafka]", "3 targets.bus.brokers[0]: must be a host and a port, such as kafka.example.org:9092"],
    ["brokers: ['kafka:99999']", "3 targets.bus.brokers[0]: must be a host and a port, such as kafka.example.org:9092"],
    ["brokers: ['[::1]:9092']", "3 targets.bus.brokers[0]: must have a name in place of an IPv6 address"],
    ["brokers: []", "3 targets.bus.brokers: must have at least 1 entries"],
    [`${BROKERS}, topic: a b`, "3 targets.bus.topic: must be up to 249 letters, digits, dots, underscores and hyphens"],
    [`${BROKERS}, origin: a@b`, "3 targets.bus.origin: must be up to 200 characters without blanks and @"],
    [
      `${BROKERS}, sasl: {mechanism: gssapi, username: u, password: p}`,
      expect.stringContaining("bus.sasl.mechanism: must be plain or"),
    ],
  ])("is refused: %s", (written, complaint) => {
    expect(complaints(target(written))).toEqual([complaint]);
  });

  test("names a target's records after the host of MISP, unless it has a name of its own", () => {
    const origin = (more: string) =>
      load(`${MISP}targets:\n  bus: {type: kafka, ${BROKERS}${more}}\n`).targets.bus?.settings;
    expect(origin("")).toMatchObject({ origin: "m.example:8443" });
    expect(origin(", origin: berlin")).toMatchObject({ origin: "berlin" });
  });
});

describe("a forwarder", () => {
  const SOURCE = `source: {kafka: {${BROKERS}}}\n`;

  function forwarder(text = "") {
    const file = join(aFolder(), "config.yaml");
    writeFileSync(file, `role: forwarder\n${SOURCE}${text}`);
    return loadConfig(file, {});
  }

  test("has a source instead of a MISP, and asks nobody for warninglists", () => {
    const config = forwarder();
    expect(config.misp).toBeUndefined();
    expect(config.source).toMatchObject({ kafka: { topic: "misp.indicators", reread_after: 43_200 } });
    expect(config.warninglists.from_misp).toBe(false);
  });

  test.each([
    ["role: forwarder\n", "1 source: is missing: what does the forwarder follow?"],
    [`role: forwarder\n${MINIMAL}${SOURCE}`, "2 misp: has no place here: a forwarder follows `source`"],
    [`${MINIMAL}${SOURCE}`, "2 source: is for `role: forwarder`"],
    [
      `role: forwarder\n${SOURCE}sightings: {kafka: {${BROKERS}}}\n`,
      "3 sightings.kafka: has no place here: a forwarder has no MISP to tell",
    ],
    [
      `role: forwarder\n${SOURCE}targets: {bus: {type: kafka, ${BROKERS}, origin: own}}\n`,
      expect.stringMatching(/^3 targets\.bus\.topic: is the topic that `source` follows: .* nothing would ever leave$/),
    ],
    [
      `role: forwarder\n${SOURCE}targets:\n  bus: {type: zeromq, sightings: "tcp://127.0.0.1:13372"}\n`,
      "4 targets.bus.sightings: has no place here: a forwarder has no MISP to tell",
    ],
    ["role: forwarder\nsource: {kafka: {brokers: []}}\n", "2 source.kafka.brokers: must have at least 1 entries"],
    ["role: shipper\n", expect.stringContaining("role: must be courier or forwarder")],
  ])("%j is refused", (text, complaint) => {
    expect(complaints(text)).toContainEqual(complaint);
  });

  test.each(["{type: kafka, topic: onward, BROKERS}", "{type: kafka, brokers: ['elsewhere:9092']}", "{type: zeromq}"])(
    "may have the target %s",
    (target) => {
      const { targets } = forwarder(`targets: {bus: ${target.replace("BROKERS", BROKERS)}}\n`);
      expect(Object.keys(targets)).toEqual(["bus"]);
    },
  );

  test("every mistake comes at once", () => {
    const text = `role: forwarder\n${SOURCE}misp: {url: nowhere, key: k}\nlog: {level: loud}\n`;
    expect(complaints(text)).toEqual([
      "3 misp: has no place here: a forwarder follows `source`",
      "3 misp.url: must be an address such as https://misp.example.org",
      expect.stringContaining("4 log.level"),
    ]);
  });
});
