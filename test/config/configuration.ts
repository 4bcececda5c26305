import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError, type ConfigIssue } from "../../src/config/issue.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { CourierConfig } from "../../src/config/schema.ts";

/** The shortest configuration that is in order. */
export const MINIMAL = "misp: {url: https://misp.example.org, key: k3y}\n";

type Environment = Record<string, string | undefined>;

/** Loads a configuration from a folder of its own, with other files beside it. */
export function load(
  text: string | Buffer,
  environment: Environment = {},
  beside: Record<string, string> = {},
): CourierConfig {
  const directory = mkdtempSync(join(tmpdir(), "courier-config-"));
  try {
    for (const [name, content] of Object.entries(beside)) writeFileSync(join(directory, name), content);
    writeFileSync(join(directory, "config.yaml"), text);
    const config = loadConfig(join(directory, "config.yaml"), environment, { now: Date.now() });
    if (config.role !== "courier") throw new Error("this is the configuration of a forwarder");
    return config;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The error of a configuration that must not load. */
export function refusal(
  text: string | Buffer,
  environment: Environment = {},
  beside: Record<string, string> = {},
): ConfigError {
  try {
    load(text, environment, beside);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

/** Its issues as `line path: message`. */
export function complaints(
  text: string | Buffer,
  environment: Environment = {},
  beside: Record<string, string> = {},
): string[] {
  return refusal(text, environment, beside).issues.map(
    ({ line, path, message }: ConfigIssue) => `${line} ${path}: ${message}`,
  );
}
