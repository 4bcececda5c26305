import { readFile } from "node:fs/promises";
import { z } from "zod";

const event = z.looseObject({
  id: z.string(),
  uuid: z.string(),
  published: z.boolean(),
  publish_timestamp: z.string(),
});

const PUBLICATION = "misp_json ";
const publication = z.looseObject({ Event: event });

const SIGHTING = "misp_json_sighting ";
const sighting = z.looseObject({
  Sighting: z.looseObject({ id: z.string(), attribute_id: z.string(), event_id: z.string() }),
  action: z.string(),
});

const step = z.strictObject({
  label: z.string(),
  request: z.strictObject({ method: z.string(), path: z.string() }),
  at: z.int(),
  frames: z.array(z.string()),
  events: z.array(event),
  gone: z.array(z.int()),
});

const answers = z.strictObject({
  version: z.unknown(),
  me: z.unknown(),
  organisations: z.unknown(),
  unknown_event: z.unknown(),
});

/** An event as MISP's REST API shows it, with its attributes. */
export type RecordedEvent = z.infer<typeof event>;

/**
 * One request that somebody made of a genuine MISP: the frames that its feed sent because of it, the Unix milliseconds of
 * the last of them, and how REST showed the events that changed by it (`gone`: those that it no longer had).
 */
export type Step = z.infer<typeof step>;

/** What the recorded MISP said of itself, whatever the scenario. */
export type Answers = z.infer<typeof answers>;

/** The steps of one recorded scenario, in their order. */
export async function readScenario(name: string): Promise<Step[]> {
  return z.array(step).parse(await readFixture(name));
}

/** The events that a step's messages say are published, as those messages have them. */
export function publications({ frames }: Step): RecordedEvent[] {
  const sent = frames.filter((frame) => frame.startsWith(PUBLICATION));
  return sent.map((frame) => publication.parse(JSON.parse(frame.slice(PUBLICATION.length))).Event);
}

/** What a step's messages say of sightings. */
export function sightings({ frames }: Step): z.infer<typeof sighting>[] {
  const sent = frames.filter((frame) => frame.startsWith(SIGHTING));
  return sent.map((frame) => sighting.parse(JSON.parse(frame.slice(SIGHTING.length))));
}

/** The answers that are no scenario's own. */
export async function readAnswers(): Promise<Answers> {
  return answers.parse(await readFixture("answers"));
}

async function readFixture(name: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(`../fixtures/misp/${name}.json`, import.meta.url), "utf8"));
}
