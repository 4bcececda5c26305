import type { AxiosProxyConfig } from "axios";

/** A proxy's URL as axios takes it. */
export function proxyOf(proxy: string): AxiosProxyConfig {
  const { protocol, hostname, port, username, password } = new URL(proxy);
  const auth = username
    ? { username: decodeURIComponent(username), password: decodeURIComponent(password) }
    : undefined;
  return {
    protocol,
    // axios looks a host up as it stands.
    host: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port) || (protocol === "https:" ? 443 : 80),
    ...(auth ? { auth } : {}),
  };
}
