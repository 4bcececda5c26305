import { z } from "zod";
import { exactWebAddress, isLoopback, listenAddress, path, text, webAddress } from "./values.ts";

const SIGNING_KEY = /^(?!whsec_)|^whsec_(?=.)(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The `alerts:` section. */
export const alerts = z
  .strictObject({
    telegram: z
      .strictObject({
        token: text.describe("Token of the bot"),
        chat_id: z
          .union([text, z.int()])
          .transform(String)
          .describe("The chat that the bot writes to, and takes commands from")
          .meta({ shows: "text or number" }),
        api_root: webAddress.prefault("https://api.telegram.org").describe("For a local Bot API server"),
        proxy: webAddress.optional().describe("HTTP proxy, for an `api_root` with https"),
        commands: z.boolean().default(true).describe("Answer /status, /explain and /held in that chat"),
      })
      .optional()
      .describe("Alerts over Telegram"),
    webhook: z
      .strictObject({
        url: exactWebAddress.describe(
          "Where alerts are posted as JSON (see [OPERATIONS.md](OPERATIONS.md#what-each-alert-means)), used exactly as written",
        ),
        secret: text
          .regex(SIGNING_KEY, "must have base64 behind whsec_")
          .optional()
          .describe("Signs them according to Standard Webhooks: whsec_ and base64, or any other text as it is"),
        verify_tls: z.boolean().default(true).describe("Check the certificate of the far side"),
        ca_file: path
          .optional()
          .describe("Certificates (PEM) to trust instead of Node.js's own; the system's do not count"),
        proxy: webAddress.optional().describe("HTTP proxy"),
      })
      .optional()
      .describe("Alerts to any other system"),
  })
  .prefault({});

/** The `http:` section; beyond loopback it needs a token. */
export const http = z
  .strictObject({
    listen: listenAddress.prefault("127.0.0.1:8711").describe("Where the page, metrics and lists are served"),
    token: text
      .optional()
      .describe("Required of every request except `/healthz`; must be set when listening beyond loopback"),
  })
  .prefault({})
  .refine((given) => given.token !== undefined || given.listen === undefined || isLoopback(given.listen.host), {
    error: "needs http.token, since it listens beyond loopback",
    path: ["listen"],
    when: ({ value }) => listens(value),
  });

// The rule is asked whatever else is wrong, as soon as there is an address to judge.
function listens(section: unknown): boolean {
  if (typeof section !== "object" || section === null || !("listen" in section)) return false;
  const { listen } = section;
  return typeof listen === "object" && listen !== null && "host" in listen;
}

/** The `log:` section. */
export const log = z
  .strictObject({
    level: z
      .enum(["error", "warn", "info", "debug"])
      .default("info")
      .describe("Least important messages that are written"),
    format: z.enum(["readable", "json"]).default("readable").describe("For people, or one JSON object for each line"),
    file: path.optional().describe("File to which the log is written as well"),
  })
  .prefault({});
