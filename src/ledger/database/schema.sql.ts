/**
 * MISP's own numbers are the keys of events, attributes, sightings and organisations, as every message carries them; the
 * UUID is kept beside them, unique, and wins when a restored MISP has numbered anew. That of an attribute is unique within its
 * event: UUIDs come in no order, and an index of those of all attributes would be touched all over by a few of one event.
 * Times are Unix seconds, except `heard`, `confirmed`, `told`, `since`, `at` and `deleted`, which are milliseconds of our own clock.
 */
export const SCHEMA = `
CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  info TEXT NOT NULL,
  date TEXT NOT NULL,
  distribution INTEGER NOT NULL,
  threat_level INTEGER NOT NULL,
  creator_id INTEGER NOT NULL,
  creator_uuid TEXT,
  creator_name TEXT,
  timestamp INTEGER NOT NULL,
  known INTEGER NOT NULL,              -- its own facts were heard, not only an attribute's remark of them
  deleted INTEGER NOT NULL DEFAULT 0,
  withdrawn INTEGER NOT NULL DEFAULT 0, -- explicitly unpublished
  published_through INTEGER NOT NULL DEFAULT 0,
  confirmed INTEGER NOT NULL DEFAULT 0,
  tags TEXT NOT NULL DEFAULT '[]',
  told INTEGER NOT NULL DEFAULT 0,     -- when the feed last spoke of its tags
  listed TEXT NOT NULL DEFAULT ''      -- how MISP's list of events had it when it was last compared
);

CREATE TABLE attribute (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL,
  event INTEGER NOT NULL,
  type TEXT NOT NULL,
  value TEXT NOT NULL,
  category TEXT NOT NULL,
  to_ids INTEGER NOT NULL,
  deleted INTEGER NOT NULL,            -- 0 no, 1 soft, 2 erased, 3 one of them
  comment TEXT NOT NULL,
  timestamp INTEGER NOT NULL,
  first_seen INTEGER,
  last_seen INTEGER,
  distribution INTEGER NOT NULL,
  tags TEXT NOT NULL,
  heard INTEGER NOT NULL,              -- when the feed last spoke of it; 0: only REST did; of a record: in which reading
  score INTEGER,                       -- what another courier gave its indicator; NULL: a MISP told of it
  UNIQUE (event, uuid)
);
CREATE INDEX attribute_event ON attribute (event, id);
CREATE INDEX attribute_record ON attribute (uuid) WHERE instr(uuid, '#') > 0; -- what another courier told of

CREATE TABLE indicator (
  id INTEGER PRIMARY KEY,
  value TEXT NOT NULL,
  type TEXT NOT NULL,
  withheld TEXT,                       -- NULL: active
  reference INTEGER NOT NULL,
  score INTEGER NOT NULL,
  parts TEXT NOT NULL,                 -- what the score is made of, as JSON; empty: it is neutral
  due INTEGER,                         -- when time alone may change something
  revision INTEGER NOT NULL,           -- rises with every change that a target may have to hear of
  since INTEGER NOT NULL,              -- when the standing last changed
  UNIQUE (value, type)
);
CREATE INDEX indicator_revision ON indicator (revision);
CREATE INDEX indicator_due ON indicator (due) WHERE due IS NOT NULL;

CREATE TABLE support (
  indicator INTEGER NOT NULL,
  attribute INTEGER NOT NULL,
  withheld TEXT,                       -- NULL: it holds the indicator up
  reference INTEGER NOT NULL,
  composite INTEGER NOT NULL,
  worth TEXT NOT NULL,                 -- what it says of the score, as JSON; empty: nothing
  PRIMARY KEY (indicator, attribute)
) WITHOUT ROWID;

CREATE TABLE sighting (
  id INTEGER PRIMARY KEY,
  attribute INTEGER NOT NULL,
  value TEXT,                          -- NULL: it counts for its attribute alone
  type INTEGER NOT NULL,
  date INTEGER NOT NULL,               -- as whoever gave it says
  organisation INTEGER NOT NULL,
  source TEXT NOT NULL,
  heard INTEGER NOT NULL,
  muted INTEGER NOT NULL,              -- its organisation said false positive so often then that it does not count
  shown INTEGER NOT NULL,              -- REST has shown it to our key: once it no longer does, it is gone
  deleted INTEGER NOT NULL DEFAULT 0,  -- when that was heard; 0: it is there
  counts INTEGER NOT NULL DEFAULT 0    -- the time that it counts from: a date to come does not
);
CREATE INDEX sighting_value ON sighting (value, type, counts) WHERE value IS NOT NULL;
CREATE INDEX sighting_attribute ON sighting (attribute, type, counts);
CREATE INDEX sighting_organisation ON sighting (organisation, type, counts);
CREATE INDEX sighting_date ON sighting (date);

CREATE TABLE organisation (id INTEGER PRIMARY KEY, uuid TEXT, name TEXT);

CREATE TABLE target (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  rules TEXT NOT NULL,                 -- digest of what it wants; another one starts it over
  place TEXT NOT NULL,                 -- which far side it is; another one holds nothing yet
  guard TEXT NOT NULL DEFAULT '',      -- digest of what must not go there; another one starts it over
  position INTEGER NOT NULL            -- it has heard of every revision up to this
);

CREATE TABLE held (
  target INTEGER NOT NULL,
  indicator INTEGER NOT NULL,
  shown TEXT NOT NULL,                 -- what it shows of the indicator
  since INTEGER NOT NULL,
  PRIMARY KEY (target, indicator)
) WITHOUT ROWID;

-- What a guard keeps from a target, with the reason at the time.
CREATE TABLE aside (
  target INTEGER NOT NULL,
  indicator INTEGER NOT NULL,
  kind TEXT NOT NULL,                  -- add or remove
  why TEXT NOT NULL,                   -- of a removal: why it is not wanted any more
  state TEXT NOT NULL,                 -- waiting: for a review to end; held: for a person; discarded: it stays as it is
  revision INTEGER NOT NULL,           -- of the indicator at the time
  since INTEGER NOT NULL,
  PRIMARY KEY (target, indicator)
) WITHOUT ROWID;

-- Why changes of one kind are held for a target.
CREATE TABLE hold (
  target INTEGER NOT NULL,
  kind TEXT NOT NULL,
  since INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (target, kind)
) WITHOUT ROWID;

-- What a target is compared with once more, whatever revision it has come to, and past its guard.
CREATE TABLE again (
  target INTEGER NOT NULL,
  indicator INTEGER NOT NULL,
  PRIMARY KEY (target, indicator)
) WITHOUT ROWID;

-- Who did what, when and why; only ever added to, and forgotten from its old end.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  target INTEGER NOT NULL,
  indicator INTEGER NOT NULL,
  attribute INTEGER,                   -- the newest that holds it up, or did
  what TEXT NOT NULL,
  why TEXT NOT NULL,
  answer TEXT NOT NULL                 -- what the target refused it with; empty: taken, or not asked
);

-- Events (0: everything) whose attributes are to be judged again, a slice at a time.
CREATE TABLE review (event INTEGER PRIMARY KEY, after INTEGER NOT NULL);

-- When MISP's feed could not be heard, or may have lost something.
CREATE TABLE blind (
  id INTEGER PRIMARY KEY,
  since INTEGER NOT NULL,
  until INTEGER,                       -- NULL: it lasts
  cause TEXT NOT NULL,
  repaired TEXT                        -- what the catch-up brought, as JSON; NULL: it has not been made up for yet
);

CREATE TABLE unreadable (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  topic TEXT NOT NULL,
  reason TEXT NOT NULL,
  excerpt TEXT NOT NULL
);

-- Which change of an event was curated (-1: it still is to be), and what was written to MISP for it.
CREATE TABLE curated (event TEXT PRIMARY KEY, timestamp INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE misp_write (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  event TEXT NOT NULL,
  step TEXT NOT NULL,
  tag TEXT,
  answer TEXT NOT NULL
);

-- What sensors saw: what MISP has yet to hear of, and for a while what it has answered to.
CREATE TABLE sensed (
  id INTEGER PRIMARY KEY,
  subject TEXT NOT NULL,               -- a value, or the UUID of an attribute
  attribute TEXT,                      -- UUID of the one that is sighted; NULL: those with that value
  type INTEGER NOT NULL,
  date INTEGER NOT NULL,
  source TEXT NOT NULL,
  heard INTEGER NOT NULL,
  due INTEGER,                         -- when it is to be sent, milliseconds; NULL: MISP has answered
  doubt INTEGER NOT NULL DEFAULT 0,    -- it was sent, and may have arrived
  strikes INTEGER NOT NULL DEFAULT 0   -- how often MISP failed at it while it took others
);
CREATE INDEX sensed_same ON sensed (subject, type, source, date);
CREATE INDEX sensed_due ON sensed (due) WHERE due IS NOT NULL;
CREATE INDEX sensed_done ON sensed (heard) WHERE due IS NULL;

-- What a command asks of the running courier.
CREATE TABLE request (id INTEGER PRIMARY KEY, what TEXT NOT NULL, argument TEXT NOT NULL);

CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;
