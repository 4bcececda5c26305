/** Where a configuration has certificates unchecked, as paths in it: whoever stands in between there reads secrets, and writes lists. */
export function unverified(value: unknown, path: readonly string[] = []): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    // The own keys of a target's kind are kept apart from those that all have.
    const at = key === "settings" ? path : [...path, key];
    return key === "verify_tls" && inner === false ? [at.join(".")] : unverified(inner, at);
  });
}
