import { unescape as decoded } from "node:querystring";
import type { AxiosProxyConfig } from "axios";

/** A proxy's URL as axios takes it. */
export function proxyOf(proxy: string): AxiosProxyConfig {
  const { protocol, hostname, port, username, password } = new URL(proxy);
  // A % that encodes nothing stands for itself.
  const auth = username ? { username: decoded(username), password: decoded(password) } : undefined;
  return {
    protocol,
    // axios looks a host up as it stands.
    host: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port) || (protocol === "https:" ? 443 : 80),
    ...(auth ? { auth } : {}),
  };
}
