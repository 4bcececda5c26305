import { createHmac } from "node:crypto";

const PREFIX = "whsec_";

/** What the headers of one message are made of. */
export interface Signing {
  /** The same however often the message is sent; without a full stop. */
  id: string;
  /** `whsec_` and base64, or any other text as it is. Each of them gives a signature, so that they can be changed in turn. */
  secrets: readonly string[];
  /** When it is sent, Unix milliseconds. */
  now: number;
}

/** The headers by which Standard Webhooks prove where a body comes from, and when it was sent. */
export function standardWebhookHeaders({ id, secrets, now }: Signing, body: string | Buffer): Record<string, string> {
  const seconds = String(Math.floor(now / 1000));
  const signatures = secrets.map((secret) => {
    const digest = createHmac("sha256", keyIn(secret)).update(`${id}.${seconds}.`).update(body).digest("base64");
    return `v1,${digest}`;
  });
  return { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": signatures.join(" ") };
}

/** The bytes that a secret stands for. */
export function keyIn(secret: string): Buffer {
  return secret.startsWith(PREFIX) ? Buffer.from(secret.slice(PREFIX.length), "base64") : Buffer.from(secret);
}
