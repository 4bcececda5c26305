import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/** A file of certificates that a configuration names. */
export interface CertificateFile {
  path: readonly string[];
  file: string;
}

/** Every `ca_file`, whomever it is to vouch for: MISP, brokers, a target. */
export function certificateFiles(data: unknown, path: readonly string[] = []): CertificateFile[] {
  if (typeof data !== "object" || data === null) return [];
  return Object.entries(data).flatMap(([key, value]) => {
    const at = [...path, key];
    return key === "ca_file" && typeof value === "string" ? [{ path: at, file: value }] : certificateFiles(value, at);
  });
}

/** Another one where what is in any of these files is: they keep their names when they are renewed. All of them can be read. */
export function certificatesDigest(data: unknown, directory: string): string {
  const hash = createHash("sha256");
  for (const { file } of certificateFiles(data)) hash.update(readFileSync(resolve(directory, file)));
  return hash.digest("base64url");
}

/** What OpenSSL calls a certificate; without it, TLS would take nothing from the file, and say nothing either. */
const PEM = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/;

/** Whether it begins with a certificate. @throws when it cannot be read */
export function holdsCertificates(file: string): boolean {
  const text = readFileSync(file, "utf8");
  if (!PEM.test(text)) return false;
  try {
    new X509Certificate(text);
    return true;
  } catch {
    return false;
  }
}
