import type { SightingType } from "../model/misp.ts";
import { NoAnswer, Rest, type RestAnswer } from "../rest/rest.ts";
import { isObject, type Json } from "./coerce.ts";
import { assertSaved, MispError, meaningOf } from "./errors.ts";
import { type Page, pageOf } from "./page.ts";
import { allOf, objectAnswer, responseOf, rowsIn, unexpected } from "./rows.ts";
import { type Ask, wholeAnswers } from "./whole-answer.ts";

export interface ClientSettings {
  url: string;
  key: string;
  verify_tls: boolean;
  ca_file?: string | undefined;
  proxy?: string | undefined;
  /** Seconds. */
  timeout: number;
}

/** A thumb for one attribute, or for all that have a value. */
export interface NewSighting {
  of: { uuid: string } | { value: string };
  type: SightingType;
  /** At most 255 characters. */
  source?: string;
  /** When it was seen, Unix seconds; now unless given. */
  date?: number;
}

/** The little of MISP's REST that the courier needs. Every failure is a {@link MispError} that says what it means. */
export class MispClient {
  readonly #ask: Ask;
  readonly #hideKey: (text: string) => string;
  #keyExpires: number | null = null;

  constructor({ key, ...settings }: ClientSettings) {
    // Without Accept most routes answer with HTML, without Content-Type the body is ignored and everything is returned.
    const headers = { ...keyHeader(settings.url, key), Accept: "application/json", "Content-Type": "application/json" };
    this.#hideKey = (text) => text.replaceAll(key, "***");
    this.#ask = wholeAnswers(new Rest({ ...settings, headers }), settings.timeout);
  }

  /** When MISP's newest answer said that our key runs out, milliseconds; `null`: it does not say. */
  get keyExpires(): number | null {
    return this.#keyExpires;
  }

  /** MISP's version and the permissions of the key, which every role may ask for. */
  async version(signal?: AbortSignal): Promise<Json> {
    return objectAnswer(await this.#request("GET", "/servers/getVersion", undefined, signal));
  }

  /** Who the key belongs to: `User`, `Role` and `Organisation`. */
  async me(signal?: AbortSignal): Promise<Json> {
    return objectAnswer(await this.#request("GET", "/users/view/me", undefined, signal));
  }

  async organisations(signal?: AbortSignal): Promise<Json[]> {
    // Without the scope MISP leaves out the organisations of others.
    const { body } = await this.#request("GET", "/organisations/index/scope:all", undefined, signal);
    return rowsIn(body, "Organisation");
  }

  /** One page of attributes, in a stable order: without `order` MISP gives none at all. */
  async searchAttributes(query: Json, signal?: AbortSignal): Promise<Page> {
    const answer = await this.#request("POST", "/attributes/restSearch", { returnFormat: "json", ...query }, signal);
    const page = pageOf(answer);
    if (!page) throw unexpected("/attributes/restSearch");
    return page;
  }

  /** Events with all that belongs to them, or, with `metadata: 1`, their own facts alone. */
  async searchEvents(query: Json, signal?: AbortSignal): Promise<Json[]> {
    const answer = await this.#request("POST", "/events/restSearch", { returnFormat: "json", ...query }, signal);
    return rowsIn(responseOf(answer, "/events/restSearch"), "Event");
  }

  /** Sightings; MISP knows no pages here, so ask for windows. */
  async searchSightings(query: Json, signal?: AbortSignal): Promise<Json[]> {
    const path = "/sightings/restSearch";
    const answer = await this.#request("POST", path, { returnFormat: "json", includeAttribute: 1, ...query }, signal);
    return allOf(responseOf(answer, path), "Sighting");
  }

  /** The sightings of these attributes; `undefined`: MISP has none of them, or does not show them to this key. */
  async sightingsOf(attributes: readonly number[], signal?: AbortSignal): Promise<Json[] | undefined> {
    const path = "/sightings/listSightings";
    try {
      const { body } = await this.#request("POST", path, { id: attributes, context: "attribute" }, signal);
      return allOf(body, "Sighting");
    } catch (error) {
      if (error instanceof MispError && error.meaning === "unknown") return undefined;
      throw error;
    }
  }

  /** One page of MISP's list of events; with `minimal: 1` no more than UUID, timestamps and whether they are published. */
  async indexEvents(query: Json, signal?: AbortSignal): Promise<Json[]> {
    const { body } = await this.#request("POST", "/events/index", query, signal);
    // A row less would pass for the end of the list.
    if (!Array.isArray(body) || !body.every(isObject)) throw unexpected("/events/index");
    return body;
  }

  /** A whole event. `undefined`: MISP does not have it, or does not show it to this key. */
  async viewEvent(event: string | number, signal?: AbortSignal): Promise<Json | undefined> {
    const path = `/events/view/${encodeURIComponent(event)}`;
    try {
      const answer = objectAnswer(await this.#request("GET", path, undefined, signal), path);
      if (!isObject(answer.Event)) throw unexpected(path);
      return answer.Event;
    } catch (error) {
      if (error instanceof MispError && error.meaning === "unknown") return undefined;
      throw error;
    }
  }

  /**
   * Attaches a local tag, which neither unpublishes the event nor leaves this MISP.
   * @throws MispError `forbidden` without the right to tag, or outside MISP's host organisation
   */
  async attachTag(uuid: string, tag: string, signal?: AbortSignal): Promise<void> {
    await this.#write("/tags/attachTagToObject", { uuid, tag, local: true }, signal);
  }

  /** Takes a tag off; one that is not there is no failure. */
  async detachTag(uuid: string, tag: string, signal?: AbortSignal): Promise<void> {
    try {
      await this.#write("/tags/removeTagFromObject", { uuid, tag, local: true }, signal);
    } catch (error) {
      // With 405 MISP refuses for reasons of many kinds.
      if (!(error instanceof MispError) || error.status !== 404) throw error;
    }
  }

  /** Publishes an event, without the e-mails that MISP's `alert` would send. With background jobs it is only queued then. */
  async publishEvent(uuid: string, signal?: AbortSignal): Promise<void> {
    await this.#write(`/events/publish/${encodeURIComponent(uuid)}`, {}, signal);
  }

  /**
   * Gives a thumb in the name of the key's owner. MISP keeps it as often as it is told.
   * @throws MispError `unknown` where MISP has no such attribute, `forbidden` without the right to sight
   */
  async addSighting({ of, type, source = "", date }: NewSighting, signal?: AbortSignal): Promise<void> {
    const path = "/sightings/add";
    const subject = "uuid" in of ? of : { value: literal(of.value) };
    // An expiration takes the place of the one before only where MISP gets its type as text.
    const body = { ...subject, type: String(type), source, ...(date === undefined ? {} : { timestamp: date }) };
    const answer = objectAnswer(await this.#request("POST", path, body, signal));
    // MISP says in a 200 that there was nothing to sight.
    if (!isObject(answer.Sighting)) throw new MispError("unknown", `${path}: MISP has no attribute with this value`);
  }

  /** Whether MISP has a tag of this name. */
  async hasTag(name: string, signal?: AbortSignal): Promise<boolean> {
    const { body } = await this.#request("POST", "/tags/search", { name }, signal);
    // MISP searches with LIKE, to which `_` and `%` in a name are wildcards.
    return rowsIn(body, "Tag").some((tag) => String(tag.name).toLowerCase() === name.toLowerCase());
  }

  /** The value of one of MISP's settings; for site admins only. */
  async setting(name: string, signal?: AbortSignal): Promise<unknown> {
    return objectAnswer(
      await this.#request("GET", `/servers/getSetting/${encodeURIComponent(name)}`, undefined, signal),
    ).value;
  }

  /** Warninglists without their entries: those that are enabled, or those with a text in their name. */
  async warninglists(query: { enabled: 1 } | { value: string }, signal?: AbortSignal): Promise<Json[]> {
    const body = "value" in query ? { value: literal(query.value) } : query;
    const answer = objectAnswer(await this.#request("POST", "/warninglists/index", body, signal));
    return allOf(answer.Warninglists, "Warninglist");
  }

  /** One warninglist with its entries; big ones take a while. */
  async warninglist(id: number, signal?: AbortSignal): Promise<Json> {
    return objectAnswer(await this.#request("GET", `/warninglists/export/${id}`, undefined, signal));
  }

  async #write(path: string, body: Json, signal?: AbortSignal): Promise<void> {
    assertSaved(await this.#request("POST", path, body, signal), path, this.#hideKey);
  }

  async #request(method: string, path: string, body: Json | undefined, signal?: AbortSignal): Promise<RestAnswer> {
    const answer = await this.#answer(method, path, body, signal);
    // Only accepted keys are told of; a proxy's own answer is not MISP's.
    const expires = Date.parse(String(answer.headers["x-auth-key-expiration"] ?? ""));
    if (answer.status < 300) this.#keyExpires = Number.isNaN(expires) ? null : expires;
    const failure = meaningOf(answer, path, this.#hideKey);
    if (failure) throw failure;
    return answer;
  }

  async #answer(method: string, path: string, body: Json | undefined, signal?: AbortSignal): Promise<RestAnswer> {
    try {
      return await this.#ask({ method, path, body }, signal);
    } catch (error) {
      if (error instanceof NoAnswer) throw new MispError("unreachable", `MISP cannot be reached: ${error.message}`);
      throw error;
    }
  }
}

/** A login in the address, for a web server before MISP, takes the place of `Authorization`. */
function keyHeader(url: string, key: string): Record<string, string> {
  return new URL(url).username === "" ? { Authorization: key } : { "X-MISP-AUTH": key };
}

/** MISP compares with LIKE: a value that is nothing but a wildcard would sight every attribute there is. */
function literal(value: string): string {
  return value.replaceAll(/[\\%_]/g, "\\$&");
}
