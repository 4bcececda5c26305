/** One entry of a configuration endpoint. */
export interface Entry {
  name: string;
  /** Path of the entry itself. */
  path: string;
  app: string;
  content: Readonly<Record<string, string>>;
}

const SERVER = "8f3c2c1e-stand-in";
const UPDATED = "2026-01-01T00:00:00+00:00";

/** Entries as Splunk answers them by default: an Atom feed. */
export function atomFeed(title: string, entries: readonly Entry[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:s="http://dev.splunk.com/ns/rest" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">
<title>${escaped(title)}</title><id>https://${SERVER}/</id><updated>${UPDATED}</updated>
<generator build="0" version="9.4.0"/><author><name>Splunk</name></author>
<opensearch:totalResults>${entries.length}</opensearch:totalResults>
<opensearch:itemsPerPage>30</opensearch:itemsPerPage><opensearch:startIndex>0</opensearch:startIndex><s:messages/>
${entries.map(atomEntry).join("\n")}
</feed>`;
}

/** The same with `output_mode=json`. */
export function jsonFeed(title: string, entries: readonly Entry[]): object {
  return {
    origin: `https://${SERVER}/${title}`,
    updated: UPDATED,
    entry: entries.map(({ name, path, app, content }) => ({
      name,
      id: `https://${SERVER}${path}`,
      links: { alternate: path },
      author: "nobody",
      acl: { app, owner: "nobody", sharing: "app" },
      content: { ...content, "eai:acl": null, "eai:appName": app },
    })),
    paging: { total: entries.length, perPage: 30, offset: 0 },
    messages: [],
  };
}

/** What went wrong, as an XML answer says it. */
export function xmlMessages(text: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<response><messages><msg type="ERROR">${escaped(text)}</msg></messages></response>`;
}

function atomEntry({ name, path, app, content }: Entry): string {
  const keys = Object.entries({ ...content, "eai:appName": app, "eai:userName": "nobody" });
  const acl = `<s:key name="eai:acl"><s:dict><s:key name="app">${app}</s:key><s:key name="owner">nobody</s:key><s:key name="sharing">app</s:key></s:dict></s:key>`;
  return `<entry><title>${escaped(name)}</title><id>https://${SERVER}${escaped(path)}</id><updated>${UPDATED}</updated>
<link href="${escaped(path)}" rel="alternate"/><author><name>nobody</name></author><link href="${escaped(path)}" rel="list"/>
<content type="text/xml"><s:dict>${acl}${keys.map(([key, value]) => `<s:key name="${escaped(key)}">${escaped(value)}</s:key>`).join("")}</s:dict></content></entry>`;
}

function escaped(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replaceAll(/[&<>"]/g, (character) => names[character] ?? "");
}
