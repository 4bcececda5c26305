/** Sections of an INI file, each with its values by key. */
export type Ini = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Reads an INI file as MISP-Broker does: keys mind case, and a `#` at the start or behind a space begins a remark. */
export function parseIni(text: string): Ini {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    const bare = line.replace(/(^|\s)#.*$/, "").trim();
    if (bare === "" || bare.startsWith(";")) continue;
    const [, name] = /^\[(.+)\]$/.exec(bare) ?? [];
    if (name !== undefined) {
      section = sections.get(name) ?? new Map();
      sections.set(name, section);
      continue;
    }
    const [, key, value] = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(bare) ?? [];
    if (key !== undefined && value !== undefined) section.set(key, value);
  }
  return sections;
}
