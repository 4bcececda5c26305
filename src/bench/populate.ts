import type { AttributeInput } from "../demo/stand-in/inputs.ts";
import type { StandInMisp } from "../demo/stand-in/stand-in-misp.ts";
import { EVENT_SIZE, indicatorAt } from "./messages.ts";
import { secondsAgo } from "./workshop.ts";

/** What a stand-in was given: the local number of each attribute, and its value at the same place. */
export interface Population {
  attributes: number[];
  values: string[];
}

const DAY = 86_400;
/** The newest is older than a day, the oldest is still alive by every shipped TTL. */
const SPAN = { from: DAY, to: 29 * DAY };

/** Gives a stand-in so many attributes in published events, which its feed announces. */
export function populate(misp: StandInMisp, count: number): Population {
  const population: Population = { attributes: [], values: [] };
  for (let first = 1; first <= count; first += EVENT_SIZE) {
    const age = SPAN.to - Math.floor(((SPAN.to - SPAN.from) * first) / count);
    const inputs = attributesFrom(first, Math.min(EVENT_SIZE, count - first + 1), secondsAgo(age));
    const info = `Infrastructure of campaign ${first}, as reported by partners`;
    const event = misp.addEvent({ info, published: true, timestamp: secondsAgo(age), attributes: inputs });
    for (const { id } of event.attributes) population.attributes.push(id);
    for (const { value } of inputs) population.values.push(value);
  }
  return population;
}

/** The same before anyone listens: nothing is announced. */
export function populateSilently(misp: StandInMisp, count: number): Population {
  misp.faults.drop = () => true;
  const population = populate(misp, count);
  misp.faults.drop = undefined;
  return population;
}

/** New attributes with their IDS flag set, from this number on. */
export function attributesFrom(first: number, count: number, timestamp: number): AttributeInput[] {
  const numbers = Array.from({ length: count }, (_, index) => first + index);
  return numbers.map((number) => ({ ...indicatorAt(number), timestamp, toIds: true }));
}
