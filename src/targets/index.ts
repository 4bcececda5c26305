import { csv } from "./csv.ts";
import { http } from "./http.ts";
import { kafka } from "./kafka.ts";
import { qradar } from "./qradar.ts";
import { splunk } from "./splunk.ts";
import type { TargetKind } from "./target.ts";
import { webhook } from "./webhook.ts";
import { zeromq } from "./zeromq.ts";

/** Every kind of target, by its `type:` in the configuration. */
export const targetKinds: Readonly<Record<string, TargetKind>> = { csv, splunk, qradar, http, kafka, webhook, zeromq };
