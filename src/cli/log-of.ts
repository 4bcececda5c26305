import { resolvePath } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { secretsOf } from "../config/secrets.ts";
import { type Logger, openLog } from "../log.ts";

/** The log that a configuration asks for. */
export function logOf(config: Config): Logger {
  const { file } = config.log;
  return openLog({ ...config.log, file: file && resolvePath(config, file) }, secretsOf(config));
}
