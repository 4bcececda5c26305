import type { EventFacts } from "../model/misp.ts";
import { eventOf } from "./bodies.ts";
import { isObject, type Json, Malformed } from "./coerce.ts";

/** How MISP goes on after an attribute. Within a text the quotes are escaped, so this never is a part of one. */
const EVENT = Buffer.from(',"Event":{');
const LONGEST = 65_536;

/** What the last message ended with, from its event on. */
type Ending = { readonly bytes: Buffer; readonly members: Json };

let last: Ending | undefined;
let lastFacts: { readonly block: unknown; readonly facts: EventFacts } | undefined;

/**
 * Reads an attribute's message, the JSON after `start`. MISP repeats the whole event after each attribute, byte for byte while
 * attributes of one event are saved, so what was read last is read once. Says what `JSON.parse` says, of any bytes, and throws where
 * that throws.
 */
export function readAttributeMessage(frame: Buffer, start: number): Json {
  const body: unknown = inTwoParts(frame, start) ?? JSON.parse(frame.toString("utf8", start));
  if (!isObject(body)) throw new Malformed("the message is not an object");
  return body;
}

/** What is known of an attribute's event, by its block as `readAttributeMessage` gave it. */
export function eventOfAttribute(block: Json): EventFacts {
  if (lastFacts?.block !== block) lastFacts = { block, facts: eventOf(block) };
  return lastFacts.facts;
}

/** Undefined if the message does not consist of an attribute and an ending that are each valid when closed by themselves. */
function inTwoParts(frame: Buffer, start: number): Json | undefined {
  try {
    const ending = endingOf(frame, start);
    if (!ending) return undefined;
    const head: unknown = JSON.parse(`${frame.toString("utf8", start, frame.length - ending.bytes.length)}}`);
    // An object without a member would leave the ending's comma with nothing before it.
    return isObject(head) && Object.hasOwn(head, "Attribute") ? { ...head, ...ending.members } : undefined;
  } catch {
    return undefined;
  }
}

function endingOf(frame: Buffer, start: number): Ending | undefined {
  if (last && start < frame.length - last.bytes.length && endsWith(frame, last.bytes)) return last;
  const at = frame.indexOf(EVENT, start);
  if (at < 0 || frame.length - at > LONGEST) return undefined;
  const bytes = Buffer.from(frame.subarray(at));
  last = { bytes, members: JSON.parse(`{${bytes.toString("utf8", 1)}`) };
  return last;
}

function endsWith(frame: Buffer, bytes: Buffer): boolean {
  return frame.compare(bytes, 0, bytes.length, frame.length - bytes.length) === 0;
}
