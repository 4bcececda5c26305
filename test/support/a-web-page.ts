import { request } from "node:http";

/** An answer as it came over the wire: nothing is unpacked, nothing followed. */
export interface WireAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  text: string;
}

/** Asks for an address with just these headers, `Host` among them where it is given. */
export function ask(url: string, headers: Record<string, string> = {}, method = "GET"): Promise<WireAnswer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    // The path as written: an URL would put it in order.
    const path = url.slice(url.indexOf("/", "http://".length));
    const asked = request({ hostname, port, path, method, headers, agent: false }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body, text: body.toString() });
    });
    asked.once("error", reject).end();
  });
}
