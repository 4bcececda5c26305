import { courier } from "./courier.ts";
import { ledger } from "./ledger.ts";
import { publisher } from "./publisher.ts";
import type { Role, RoleName } from "./question.ts";
import { reader } from "./reader.ts";

/** Every role by its name. */
export const roles: Readonly<Record<RoleName, Role>> = { publisher, reader, courier, ledger };
