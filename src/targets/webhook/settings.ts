import { z } from "zod";
import { keyIn } from "../../rest/standard-webhooks.ts";
import { restKeys } from "../rest-target.ts";

const SECRET = /^whsec_(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function isSecret(text: string): boolean {
  return SECRET.test(text) && keyIn(text).length >= 24 && keyIn(text).length <= 64;
}

const secret = z
  .string()
  .refine(isSecret, "must be whsec_ and 24 to 64 random bytes in base64, as of `openssl rand -base64 32`");

/** The keys of a `webhook` target beside those that all targets share. */
export const webhookSettings = z.strictObject({
  ...restKeys,
  url: restKeys.url.describe("Where the batches are posted, used exactly as written"),
  secret: z
    .union([secret, z.array(secret).min(1)])
    .describe(
      "Signs the batches: whsec_ and random bytes in base64. With several, each gives a signature, so that secrets can be rotated",
    ),
  format: z
    .enum(["cloudevents"])
    .default("cloudevents")
    .describe("cloudevents: CloudEvents 1.0 in JSON batches, with the headers of Standard Webhooks"),
  source: z
    .string()
    .regex(/^[\x21-\x7e]+$/, "must be a URI reference")
    .optional()
    .describe("The events' `source`, a URI reference; urn:misp-courier:<name of the target> unless set"),
  max_bytes: z
    .int()
    .min(1_000)
    .default(500_000)
    .describe("Most bytes in one request; a single larger event is sent alone"),
});

export type WebhookSettings = z.infer<typeof webhookSettings>;
