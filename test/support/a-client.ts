import { type ClientSettings, MispClient } from "../../src/misp/client.ts";

/** Long enough to be told from anything else in a message. */
export const KEY = "k3yK3Yk3yK3Yk3yK3Yk3yK3Yk3yK3Yk3yK3Yk3yK3Y";

/** A client of the MISP at `url`. */
export function aClient(url: string, settings: Partial<ClientSettings> = {}): MispClient {
  return new MispClient({ url, key: KEY, verify_tls: true, timeout: 5, ...settings });
}
