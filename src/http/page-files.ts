import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";
import { answerContent, Content } from "./content.ts";
import { type Route, refuse } from "./web-server.ts";

/** Beside `src` and `dist`, as it stands. */
const FOLDER = new URL("../../page/", import.meta.url);

const TYPES: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** The files of the page, read once. */
export async function pageRoute(): Promise<Route> {
  const files = new Map<string, Content>();
  for (const name of await readdir(FOLDER)) {
    const type = TYPES[extname(name)];
    if (type) files.set(name, new Content(await readFile(new URL(name, FOLDER)), type));
  }
  return {
    path: /\/([a-z-]*(?:\.[a-z]+)?)/,
    answer: async ({ request, response, parts: [name] }) => {
      const content = files.get(name || "index.html");
      if (content) await answerContent(request, response, content);
      else refuse(response, 404, "There is nothing here.");
    },
  };
}
