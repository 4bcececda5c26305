type Body = Record<string, unknown>;

/** One frame as MISP's publisher sends it: topic, a space, JSON. */
export function aFrame(topic: string, body: unknown): Buffer {
  return Buffer.from(`${topic} ${JSON.stringify(body)}`);
}

const EVENT_UUID = "0e235bbc-2689-4a01-8c22-23879545607c";
const ORGC = { id: "1", uuid: "AEEA95CE-1400-46e6-a396-c5e817780fa0", name: "ORGNAME" };

/** The `Attribute` block of the feed: numbers are strings, flags are booleans, the value comes whole and in halves. */
export function wireAttribute(columns: Body = {}): Body {
  return {
    id: "3",
    event_id: "1",
    object_id: "0",
    object_relation: null,
    category: "Network activity",
    type: "domain",
    value1: "evil.example",
    value2: "",
    to_ids: true,
    uuid: "27d10ce3-5e0d-4f00-a532-ba690c0c2ad1",
    timestamp: "1795208613",
    distribution: "5",
    sharing_group_id: "0",
    comment: "seen in a mail",
    deleted: false,
    disable_correlation: false,
    first_seen: null,
    last_seen: null,
    value: "evil.example",
    ...columns,
  };
}

/** The `Event` block beside an attribute: no tags, no times. */
export function wireEventOfAttribute(columns: Body = {}): Body {
  return {
    id: "1",
    date: "2026-11-20",
    info: "lab event",
    uuid: EVENT_UUID,
    published: false,
    analysis: "0",
    threat_level_id: "2",
    org_id: "1",
    orgc_id: "1",
    distribution: "1",
    sharing_group_id: "0",
    Orgc: ORGC,
    ...columns,
  };
}

/** A `misp_json_event` message: the event's columns, with creator and tags beside them. */
export function wireEvent(columns: Body = {}, beside: Body = {}): Body {
  const { Orgc, ...event } = wireEventOfAttribute();
  return {
    Event: { ...event, timestamp: "1795208735", publish_timestamp: "1795208702", ...columns },
    Orgc,
    EventTag: [{ id: "1", event_id: "1", tag_id: "4", local: false, Tag: { id: "4", name: "tlp:amber" } }],
    action: "edit",
    ...beside,
  };
}

/** A `misp_json_sighting` message: who reported it is only a number. */
export function wireSighting(columns: Body = {}): Body {
  return {
    Sighting: {
      id: "2",
      attribute_id: "3",
      event_id: "1",
      org_id: "1",
      date_sighting: "1795208711",
      uuid: "7ed330e8-fe46-4975-bae6-460d00be854e",
      source: "lab-siem",
      type: "1",
      Event: { id: "1", uuid: EVENT_UUID, orgc_id: "1", org_id: "1", info: "lab event", Orgc: { name: "ORGNAME" } },
      Attribute: { id: "3", uuid: "27d10ce3-5e0d-4f00-a532-ba690c0c2ad1", type: "domain", value: "evil.example" },
      ...columns,
    },
    action: "add",
  };
}
