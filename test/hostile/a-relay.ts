import type { ServerResponse } from "node:http";
import { AnsweringServer, type Asked } from "../support/answering-server.ts";

/** What is done to the body of an answer; `place` counts the values in it, and begins anew at its end. */
export type Damage =
  | { does: "cut"; share: number }
  | { does: "drop"; place: number }
  | { does: "replace"; place: number; by: unknown };

/** Stands between a client and a MISP, and damages what MISP answers. */
export class ARelay implements AsyncDisposable {
  damage: Damage | undefined;
  readonly #server: AnsweringServer;
  readonly #url: string;

  private constructor(server: AnsweringServer, url: string) {
    this.#server = server;
    this.#url = url;
    server.answer = (asked, response) => void this.#relay(asked, response);
  }

  static async before(url: string): Promise<ARelay> {
    return new ARelay(await AnsweringServer.start(), url);
  }

  get url(): string {
    return this.#server.url;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server[Symbol.asyncDispose]();
  }

  async #relay({ method, path, headers, body }: Asked, response: ServerResponse): Promise<void> {
    const answer = await fetch(this.#url + path, {
      method,
      headers: {
        authorization: `${headers.authorization}`,
        "content-type": "application/json",
        accept: "application/json",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(this.damage ? damaged(text, this.damage) : text);
  }
}

function damaged(text: string, damage: Damage): string {
  if (damage.does === "cut") return text.slice(0, Math.floor(text.length * damage.share));
  let count = 0;
  const counted = (_: string, value: unknown) => {
    count += 1;
    return value;
  };
  JSON.stringify(JSON.parse(text), counted);
  const place = 1 + (damage.place % count);
  count = 0;
  const changed = JSON.stringify(JSON.parse(text), (key, value: unknown) => {
    count += 1;
    if (count !== place || saysSomethingElse(key, value, damage)) return value;
    return damage.does === "drop" ? undefined : damage.by;
  });
  return changed ?? "";
}

/** An empty list, another truth value, or no block of tags are no damage: they are another word of MISP, which counts. */
function saysSomethingElse(key: string, value: unknown, damage: Damage): boolean {
  if (damage.does === "drop") return key === "Tag";
  if (damage.does === "cut") return false;
  const { by } = damage;
  return (Array.isArray(value) && Array.isArray(by) && by.length === 0) || (typeof value === "boolean" && by === true);
}
