import type { Producer } from "kafkajs";
import { Subscriber } from "zeromq";
import type { StandInMisp } from "../../src/demo/stand-in/stand-in-misp.ts";
import { isObject } from "../../src/misp/coerce.ts";
import { TOPICS } from "../../src/misp/messages.ts";
import type { AKafkaBroker } from "../support/a-kafka-broker.ts";

/** Which topic of Kafka has the bodies of a topic of ZeroMQ; of warninglists and of itself MISP tells nothing there. */
const SAME: Readonly<Record<string, string>> = {
  misp_json_event: "misp_event",
  misp_json_attribute: "misp_attribute",
  misp_json_sighting: "misp_sighting",
  misp_json_tag: "misp_tag",
  misp_json_organisation: "misp_organisation",
};
export const MISP_TOPICS = [...Object.values(SAME), "misp_event_publish"];

/** Says over Kafka what a stand-in MISP says over ZeroMQ, without keys, as MISP does. */
export class ABridge implements AsyncDisposable {
  readonly #socket = new Subscriber({ receiveHighWaterMark: 0 });
  readonly #producer: Producer;
  #saying: Promise<void> = Promise.resolve();

  private constructor(producer: Producer) {
    this.#producer = producer;
  }

  static async open(misp: StandInMisp, broker: AKafkaBroker): Promise<ABridge> {
    const producer = broker.client().producer({ retry: { retries: 50, maxRetryTime: 500 } });
    await producer.connect();
    const bridge = new ABridge(producer);
    const heard = Promise.all(TOPICS.map((topic) => misp.heard(`${topic} `)));
    bridge.#socket.subscribe(...TOPICS.map((topic) => `${topic} `));
    bridge.#socket.connect(misp.endpoint);
    await heard;
    bridge.#saying = bridge.#carry();
    return bridge;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.#saying;
    await this.#producer.disconnect();
  }

  async #carry(): Promise<void> {
    for await (const [frame] of this.#socket) {
      const text = String(frame);
      const space = text.indexOf(" ");
      const name = text.slice(0, space);
      const body = text.slice(space + 1);
      if (name === "misp_json") await this.#say("misp_event_publish", publicationOf(body));
      else if (SAME[name]) await this.#say(SAME[name], body);
    }
  }

  async #say(topic: string, value: string): Promise<void> {
    await this.#producer.send({ topic, messages: [{ value }] });
  }
}

/** A publication as Kafka has it: the parts of the event beside it, tags as the rows that tie them. */
function publicationOf(body: string): string {
  const told: unknown = JSON.parse(body);
  const {
    Org,
    Orgc,
    Tag,
    Attribute,
    Object: objects,
    ...Event
  } = isObject(told) && isObject(told.Event) ? told.Event : {};
  const ties = (tags: unknown) => (Array.isArray(tags) ? tags : []).map((tag) => ({ Tag: tag }));
  const attributes = (Array.isArray(Attribute) ? Attribute : []).map(({ Tag: tags, ...row }) => {
    return { ...row, AttributeTag: ties(tags) };
  });
  const parts = { Event, Org, Orgc, EventTag: ties(Tag), Attribute: attributes, Object: objects };
  return JSON.stringify({ ...parts, action: "publish" });
}
