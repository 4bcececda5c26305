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
          .describe("Where the bot writes")
          .meta({ shows: "text or number" }),
        api_root: webAddress.prefault("https://api.telegram.org").describe("For a local Bot API server"),
        proxy: webAddress.optional().describe("HTTP proxy on the way to an `api_root` with https"),
        commands: z.boolean().default(true).describe("Answer /status, /explain and /held in that chat"),
      })
      .optional()
      .describe("Word to the operator over Telegram"),
    webhook: z
      .strictObject({
        url: exactWebAddress.describe(
          "Where alerts are posted as JSON, used just as it is written, which [OPERATIONS.md](OPERATIONS.md#what-each-alert-means) shows",
        ),
        secret: text
          .regex(SIGNING_KEY, "must have base64 behind whsec_")
          .optional()
          .describe("Signs them as Standard Webhooks have it: whsec_ and base64, or any other text as it is"),
        verify_tls: z.boolean().default(true).describe("Whether the certificate of the far side must be valid"),
        ca_file: path.optional().describe("Certificates (PEM) to trust instead of the system's own"),
        proxy: webAddress.optional().describe("HTTP proxy on the way there"),
      })
      .optional()
      .describe("Word to any other system"),
  })
  .prefault({});

/** The `http:` section; beyond loopback it needs a token. */
export const http = z
  .strictObject({
    listen: listenAddress.prefault("127.0.0.1:8711").describe("Where the page, metrics and lists are served"),
    token: text.optional().describe("Asked of every request but health; required when listening beyond loopback"),
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
    level: z.enum(["error", "warn", "info", "debug"]).default("info").describe("What is written"),
    format: z.enum(["readable", "json"]).default("readable").describe("For people, or one JSON object a line"),
    file: path.optional().describe("Also written to this file"),
  })
  .prefault({});
