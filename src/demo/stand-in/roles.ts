import type { Account } from "./instance.ts";

const PERMISSIONS = [
  ..."add modify modify_org publish delegate sync admin audit auth site_admin regexp_access tagger template".split(" "),
  ..."sharing_group tag_editor sighting object_template publish_zmq publish_kafka decaying galaxy_editor".split(" "),
  ..."warninglist view_feed_correlations analyst_data".split(" "),
];

/** A role with these permissions, named without `perm_`, and no other. */
export function roleWith(name: string, permissions: readonly string[]): Account["role"] {
  const flags = PERMISSIONS.map((permission) => [`perm_${permission}`, permissions.includes(permission)]);
  return { id: "1", name, enforce_rate_limit: false, rate_limit_count: "0", ...Object.fromEntries(flags) };
}

/** MISP's site admin, who may do everything. */
export const ADMIN: Account["role"] = roleWith("admin", PERMISSIONS);
