import { existsSync } from "node:fs";
import { join } from "node:path";
import { resolvePath } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { type RenderedList, renderLeftOut, renderList } from "../targets/http/list.ts";
import { httpSettings, type ListSettings } from "../targets/http/settings.ts";
import { ListStore, listStoreFile } from "../targets/http/store.ts";
import { answerContent, Content } from "./content.ts";
import { type Asked, type Route, refuse } from "./web-server.ts";

/** A list as it was last served. */
interface Served {
  version: number;
  content: Content;
  list: RenderedList;
}

/** One list of the configuration. */
interface Offer {
  target: string;
  settings: ListSettings;
  served: Served | undefined;
}

/** A list as the page shows it; the numbers are known once it was asked for. */
export interface ListOverview {
  name: string;
  target: string;
  entries: number | null;
  leftOut: number | null;
}

/** What is known of targets beside what they hold. */
export interface Vouchers {
  /** Whether a target has all that it is to have. */
  hasAll(target: string): boolean;
  /** Whether an empty list of a target can be meant: before the first load it says nothing. */
  mayBeEmpty(target: string, store: Pick<ListStore, "isEmpty">): boolean;
}

/** How long a firewall waits before it asks again for a list that is not there yet, seconds. */
const RETRY = 30;

/** The lists of all `http` targets, made when somebody asks for one that has changed. */
export class Lists implements Disposable {
  readonly #offers = new Map<string, Offer>();
  readonly #stores = new Map<string, ListStore>();
  readonly #state: string;
  readonly #vouchers: Vouchers;
  /** Targets that had nothing when this began, under a new name or as their file is gone: their lists are but a part for a while. */
  readonly #begun = new Set<string>();

  constructor(config: Config, vouchers: Vouchers) {
    this.#state = resolvePath(config, config.state);
    this.#vouchers = vouchers;
    for (const [target, { type, enabled, settings }] of Object.entries(config.targets)) {
      if (type !== "http" || !enabled) continue;
      const { lists } = httpSettings.parse(settings);
      if (!existsSync(this.#file(target))) this.#begun.add(target);
      for (const [name, list] of Object.entries(lists))
        this.#offers.set(name, { target, settings: list, served: undefined });
    }
  }

  get routes(): Route[] {
    return [
      { path: /\/lists\/([a-z0-9._-]+)\.left-out\.txt/, answer: (asked) => this.#leftOut(asked) },
      { path: /\/lists\/([a-z0-9._-]+)\.txt/, answer: (asked) => this.#list(asked) },
    ];
  }

  get overview(): ListOverview[] {
    return [...this.#offers].map(([name, { target, served }]) => ({
      name,
      target,
      entries: served?.list.entries ?? null,
      leftOut: served?.list.leftOut ?? null,
    }));
  }

  [Symbol.dispose](): void {
    for (const store of this.#stores.values()) store.close();
  }

  async #list({ request, response, parts: [name = ""] }: Asked): Promise<void> {
    const offer = this.#offers.get(name);
    if (!offer) return refuse(response, 404, "There is no such list.");
    // Never an empty list because nothing is known yet, nor a part of one: a firewall would lift every other block.
    const store = this.#store(offer.target);
    const served = store && !this.#isPart(offer.target, store) && serve(store, offer);
    if (!served || (served.list.entries === 0 && !this.#vouchers.mayBeEmpty(offer.target, store))) {
      response.setHeader("Retry-After", RETRY);
      return refuse(response, 503, "The list is not filled yet.");
    }
    offer.served = served;
    response.setHeader("X-Entries", served.list.entries);
    response.setHeader("X-Left-Out", served.list.leftOut);
    await answerContent(request, response, served.content);
  }

  async #leftOut({ request, response, parts: [name = ""] }: Asked): Promise<void> {
    const offer = this.#offers.get(name);
    const store = offer && this.#store(offer.target);
    if (!store) return refuse(response, 404, "There is no such list.");
    await answerContent(request, response, contentOf(renderLeftOut(store, offer.settings), "csv"));
  }

  #isPart(target: string, store: ListStore): boolean {
    // That what was lost is sent again may be known only with the first of it.
    if (!this.#begun.has(target) || store.isEmpty()) return false;
    if (this.#vouchers.hasAll(target)) this.#begun.delete(target);
    return this.#begun.has(target);
  }

  #file(target: string): string {
    return join(this.#state, listStoreFile(target));
  }

  #store(target: string): ListStore | undefined {
    const known = this.#stores.get(target) ?? ListStore.read(this.#file(target));
    if (known) this.#stores.set(target, known);
    return known;
  }
}

/** The list as it is now: the one that was last served unless its store has changed. */
function serve(store: ListStore, { settings, served }: Offer): Served {
  const version = store.version();
  if (served?.version === version) return served;
  const list = renderList(store, settings);
  return { version, list, content: contentOf(list, settings.format) };
}

function contentOf({ text }: RenderedList, format: ListSettings["format"]): Content {
  return new Content(Buffer.from(text), `text/${format === "csv" ? "csv" : "plain"}; charset=utf-8`);
}
