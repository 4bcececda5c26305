import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const compress = promisify(gzip);
/** Less than this is not worth compressing, bytes. */
const SMALL = 1_000;

/** Bytes to be served, under a name that changes with them. */
export class Content {
  readonly body: Buffer;
  /** The media type, with its charset. */
  readonly type: string;
  readonly etag: string;
  #compressed: Promise<Buffer> | undefined;

  constructor(body: Buffer, type: string) {
    this.body = body;
    this.type = type;
    this.etag = createHash("sha256").update(body).digest("hex").slice(0, 32);
  }

  /** Compressed, once. */
  get compressed(): Promise<Buffer> {
    this.#compressed ??= compress(this.body);
    return this.#compressed;
  }
}

/** Answers with a content, compressed where the asker takes it, or says that it has not changed. */
export async function answerContent(
  request: IncomingMessage,
  response: ServerResponse,
  content: Content,
): Promise<void> {
  const { body, type, etag } = content;
  const packed = body.length >= SMALL && takesGzip(request.headers["accept-encoding"]);
  response.setHeader("ETag", packed ? `"${etag}-gz"` : `"${etag}"`);
  response.setHeader("Vary", "Accept-Encoding");
  response.setHeader("Cache-Control", "no-cache");
  if (isKnown(etag, request.headers["if-none-match"])) {
    response.writeHead(304).end();
    return;
  }
  const sent = packed ? await content.compressed : body;
  response.setHeader("Content-Type", type);
  if (packed) response.setHeader("Content-Encoding", "gzip");
  response.setHeader("Content-Length", sent.length);
  response.writeHead(200).end(request.method === "HEAD" ? undefined : sent);
}

/** Whether the asker has the content already, compressed or not. */
function isKnown(etag: string, given: string | undefined): boolean {
  const names = (given ?? "").split(",").map((name) => name.trim().replace(/^W\//, ""));
  return names.some((name) => name === "*" || name === `"${etag}"` || name === `"${etag}-gz"`);
}

function takesGzip(given: string | string[] | undefined): boolean {
  const offers = String(given ?? "").split(",");
  const named = offers.filter((offer) => /^\s*gzip\s*(;|$)/i.test(offer));
  // What is said of gzip by its name goes before what is said of all.
  const meant = named.length > 0 ? named : offers;
  return meant.some((offer) => /^\s*(gzip|\*)\s*(;\s*q=(0?\.\d*[1-9]\d*|1(\.0*)?)\s*)?$/i.test(offer));
}
