import type { MispError } from "../misp/errors.ts";
import { Exit } from "./command.ts";

/** The way out after a failure of MISP: a MISP that is away comes back by itself, what it refuses a person has to mend. */
export function exitAfter({ meaning }: MispError): number {
  return meaning === "unreachable" || meaning === "busy" ? Exit.unavailable : Exit.failed;
}
