/**
 * What leads from each former version to the next, the first from 1 to 2: a change of the schema comes with one. A ledger's
 * version, which `PRAGMA user_version` holds, is one more than there are upgrades.
 */
export const UPGRADES: readonly string[] = [
  "ALTER TABLE attribute ADD COLUMN score INTEGER",
  `DROP INDEX sighting_value;
   DROP INDEX sighting_attribute;
   DROP INDEX sighting_organisation;
   ALTER TABLE sighting ADD COLUMN counts INTEGER NOT NULL DEFAULT 0;
   UPDATE sighting SET counts = date;
   CREATE INDEX sighting_value ON sighting (value, type, counts) WHERE value IS NOT NULL;
   CREATE INDEX sighting_attribute ON sighting (attribute, type, counts);
   CREATE INDEX sighting_organisation ON sighting (organisation, type, counts);`,
  // A table cannot be told in place that something else is unique.
  `DROP INDEX attribute_event;
   ALTER TABLE attribute RENAME TO former;
   CREATE TABLE attribute (
     id INTEGER PRIMARY KEY, uuid TEXT NOT NULL, event INTEGER NOT NULL, type TEXT NOT NULL, value TEXT NOT NULL,
     category TEXT NOT NULL, to_ids INTEGER NOT NULL, deleted INTEGER NOT NULL, comment TEXT NOT NULL, timestamp INTEGER NOT NULL,
     first_seen INTEGER, last_seen INTEGER, distribution INTEGER NOT NULL, tags TEXT NOT NULL, heard INTEGER NOT NULL, score INTEGER,
     UNIQUE (event, uuid)
   );
   INSERT INTO attribute SELECT * FROM former ORDER BY id;
   DROP TABLE former;
   CREATE INDEX attribute_event ON attribute (event, id);
   CREATE INDEX attribute_record ON attribute (uuid) WHERE instr(uuid, '#') > 0;`,
];
