import type { Organisation } from "../../model/misp.ts";
import type { Database } from "../database/database.ts";
import type { Tables } from "../tables.ts";

/**
 * What remembers organisations. One that has another name now has it on all of its events, whose times do not change with it: filters
 * may ask for it, and targets show it.
 */
export function openOrganisations({ events, reviews }: Tables, database: Database): (told: Organisation) => void {
  const find = database.prepare<Omit<Organisation, "id">>("SELECT uuid, name FROM organisation WHERE id = ?");
  const put = database.prepare("INSERT OR REPLACE INTO organisation (id, uuid, name) VALUES (?, ?, ?)");
  return (told) => {
    const known = find.get(told.id);
    const uuid = told.uuid ?? known?.uuid ?? null;
    const name = told.name ?? known?.name ?? null;
    if (known && known.uuid === uuid && known.name === name) return;
    put.run(told.id, uuid, name);
    if (uuid === null || name === null || !known || known.name === name) return;
    for (const id of events.createdBy(uuid)) {
      const event = events.get(id);
      if (!event || event.creator_name === name) continue;
      events.put({ ...event, creator_name: name });
      reviews.start(id);
    }
  };
}
