import type { Rules } from "../curation/rules.ts";
import { Attributes } from "./attributes.ts";
import type { Database } from "./database/database.ts";
import { Events } from "./events.ts";
import { Indicators } from "./indicators.ts";
import { Judging } from "./judging.ts";
import { Opinions } from "./opinions.ts";
import { Questions } from "./questions.ts";
import { Reviews } from "./reviews.ts";
import { Sightings } from "./sightings.ts";

/** When something was told, milliseconds of our clock: heard on the feed, or, for an answer of REST, asked for. */
export interface Moment {
  now: number;
  asked: number;
}

/** What those who turn messages into memory work on. */
export interface Tables {
  events: Events;
  attributes: Attributes;
  sightings: Sightings;
  indicators: Indicators;
  reviews: Reviews;
  judging: Judging;
  questions: Questions;
}

export function openTables(database: Database, rules: Rules): Tables {
  const sightings = new Sightings(database);
  const indicators = new Indicators(database);
  return {
    events: new Events(database),
    attributes: new Attributes(database),
    sightings,
    indicators,
    reviews: new Reviews(database),
    judging: new Judging(indicators, new Opinions(database, sightings), rules),
    questions: new Questions(),
  };
}
