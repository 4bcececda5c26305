import type { Meaning, MispError } from "../misp/errors.ts";
import { Exit } from "./command.ts";

const CODES: Record<Meaning, number> = {
  unreachable: Exit.unavailable,
  busy: Exit.unavailable,
  key: Exit.noPermission,
  forbidden: Exit.noPermission,
  unknown: Exit.badData,
  invalid: Exit.badData,
  garbled: Exit.protocol,
};

/** The way out after a failure of MISP: one that is away comes back by itself, a right has to be given, all else is to be mended. */
export function exitAfter({ meaning }: MispError): number {
  return CODES[meaning];
}
