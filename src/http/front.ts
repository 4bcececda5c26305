import type { ServerResponse } from "node:http";
import PQueue from "p-queue";
import type { Config } from "../config/schema.ts";
import type { Observer } from "../courier/courier.ts";
import { explainValue } from "../courier/explanation.ts";
import { harmless, together } from "../courier/observers.ts";
import type { Summary } from "../ledger/report/report.ts";
import type { Logger } from "../log.ts";
import { REASONS } from "../model/verdict.ts";
import { deedRoutes, LONGEST_VALUE } from "./deeds.ts";
import { healthOf } from "./health.ts";
import { Lists, type Vouchers } from "./lists.ts";
import { Live } from "./live.ts";
import { Metrics } from "./metrics.ts";
import { pageRoute } from "./page-files.ts";
import { sensedRoute } from "./sensed.ts";
import { Sources } from "./sources.ts";
import { Watch } from "./watch.ts";
import { type Asked, answerJson, answerText, type Route, refuse, WebServer } from "./web-server.ts";

export interface FrontOptions {
  config: Config;
  log: Logger;
  /** Milliseconds. */
  clock: () => number;
}

/** What one running courier shows over HTTP: page, health, metrics and lists. Open it before the courier, close it after. */
export class Front implements AsyncDisposable {
  /** Tell it what the courier does. */
  readonly observer: Observer;
  readonly #options: FrontOptions;
  readonly #metrics = new Metrics();
  readonly #live: Live;
  readonly #lists: Lists;
  /** To explain a value that nobody knows means to look through all attributes: one is looked for at a time. */
  readonly #questions = new PQueue({ concurrency: 1 });
  /** Targets that have had, at some time since this began, all that they are to have. */
  readonly #filled = new Set<string>();
  #web: WebServer | undefined;
  /** Missing until the courier has opened its ledger. */
  #sources: Sources | undefined;

  constructor(options: FrontOptions) {
    const { config, log, clock } = options;
    this.#options = options;
    const watch = new Watch(clock, this.#metrics);
    this.#lists = new Lists(config, { hasAll: this.#hasAll, mayBeEmpty: this.#mayBeEmpty });
    this.#live = new Live({ watch, log, clock, sources: () => this.#sources, lists: () => this.#lists.overview });
    const started: Observer["started"] = (standards) => {
      this.#sources = new Sources(config, clock, standards);
    };
    const failed = (error: unknown) => log.error("The page has missed something", { error });
    this.observer = harmless(together({ started }, watch), failed);
  }

  /** Rejects when the address of the configuration cannot be listened on; it may be tried again then. */
  async listen(): Promise<void> {
    const { listen, token } = this.#options.config.http;
    this.#web = await WebServer.open({ listen, token, routes: await this.#routes(), log: this.#options.log });
  }

  /** Where the page is. */
  get url(): string {
    return this.#web?.url ?? "";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#live[Symbol.dispose]();
    await this.#web?.[Symbol.asyncDispose]();
    this.#questions.clear();
    await this.#questions.onIdle();
    this.#lists[Symbol.dispose]();
    this.#sources?.[Symbol.dispose]();
  }

  readonly #mayBeEmpty: Vouchers["mayBeEmpty"] = (target, store) => {
    const sources = this.#sources;
    if (!sources || !this.#isFilled(target)) return false;
    // What a person is to decide on first may be all that it lacks.
    const waits = sources.counts.holds.some((hold) => hold.target === target && hold.kind === "add");
    if (waits && store.isEmpty()) return false;
    // One that was taken away, or emptied, by somebody is filled again by the next audit, and says nothing until then.
    const heldIn = ({ targets }: Summary) => targets.find(({ name }) => name === target)?.held ?? 0;
    return !store.isEmpty() || heldIn(sources.counts.summary) === 0 || heldIn(sources.report.summary()) === 0;
  };

  /** What the first load brought is on its way for a moment, or longer: for a list that is empty till then firewalls would lift every block. */
  #isFilled(target: string): boolean {
    if (!this.#filled.has(target) && this.#hasAll(target)) this.#filled.add(target);
    return this.#filled.has(target);
  }

  readonly #hasAll: Vouchers["hasAll"] = (target) => {
    const pulse = this.#sources?.pulse.look();
    return pulse !== undefined && pulse.caughtUp > 0 && pulse.behind.get(target) === 0;
  };

  async #routes(): Promise<Route[]> {
    return [
      { path: /\/healthz/, open: true, answer: (asked) => this.#health(asked) },
      { path: /\/metrics/, answer: (asked) => this.#scrape(asked) },
      { path: /\/explain/, answer: (asked) => this.#explain(asked) },
      this.#live.route,
      ...deedRoutes(this.#options.config),
      sensedRoute({
        queue: () => this.#sources?.sensed,
        clock: this.#options.clock,
        isForwarder: this.#options.config.role === "forwarder",
      }),
      ...this.#lists.routes,
      await pageRoute(),
    ];
  }

  async #health({ response }: Asked): Promise<void> {
    if (!this.#sources) return answerJson(response, 503, { healthy: false, complaints: ["the courier is starting"] });
    const health = await healthOf(this.#sources);
    answerJson(response, health.healthy ? 200 : 503, health);
  }

  async #scrape({ response }: Asked): Promise<void> {
    answerText(response, 200, this.#metrics.type, await this.#metrics.text(this.#sources));
  }

  async #explain({ response, url }: Asked): Promise<void> {
    const value = url.searchParams.get("value") ?? "";
    if (value === "" || value.length > LONGEST_VALUE) return refuse(response, 400, "Which value? /explain?value=…");
    await this.#questions.add(() => this.#explainTo(response, value));
  }

  async #explainTo(response: ServerResponse, value: string): Promise<void> {
    // Whoever asks a thousand times and hangs up costs nothing.
    if (response.destroyed) return;
    if (!this.#sources) return refuse(response, 503, "The courier is starting.");
    const { config, report: ledger, standards } = this.#sources;
    const { protections, knowledge } = standards;
    const journal = await this.#sources.journal();
    const now = this.#options.clock();
    // What is switched off keeps what it has, and somebody may look for it there.
    const targets = Object.keys(config.targets);
    const known = { config, ledger, journal, protections, knowledge: knowledge(), targets, now };
    const explanation = await explainValue(value, known);
    answerJson(response, 200, { ...explanation, reasons: REASONS, decides: config.http.token !== undefined });
  }
}
