import { z } from "zod";
import { endsInPort } from "../../model/port.ts";

const TCP = /^tcp:\/\/[^\s/]+:(\d{1,5}|\*)$/;
const TCP_HINT = "must be like tcp://127.0.0.1:13371";
const tcp = z.string().regex(TCP, { error: TCP_HINT, abort: true }).refine(endsInPort, { error: TCP_HINT });

/** The keys of a `zeromq` target beside those that all targets share. */
export const zeromqSettings = z.strictObject({
  bind: tcp.default("tcp://127.0.0.1:13371").describe("Where subscribers connect; no password is asked for"),
  manage: tcp
    .optional()
    .describe(
      "Where applications of Threat Bus request a topic of their own and a snapshot, such as " +
        "tcp://127.0.0.1:13370; off unless set",
    ),
  sightings: tcp
    .optional()
    .describe(
      "Where applications of Threat Bus send what they saw, such as tcp://127.0.0.1:13372; it goes to MISP as sightings. " +
        "Off unless set",
    ),
  format: z
    .enum(["stix", "courier"])
    .default("stix")
    .describe("stix: STIX 2.1 indicators on stix2/indicator. courier: the courier's own JSON on courier/indicator"),
});

export type ZeromqSettings = z.output<typeof zeromqSettings>;
