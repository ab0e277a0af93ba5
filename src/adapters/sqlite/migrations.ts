// How the database came to be, one step a version. A step that was released is never changed: what
// is wrong with it, the next one mends.

/** The version of a database is the number of steps that it has behind it (`user_version`). */
export const migrations: readonly string[] = [
  `CREATE TABLE streams (
     id TEXT PRIMARY KEY,
     settings TEXT NOT NULL CHECK (json_valid(settings)),
     created_at TEXT NOT NULL,
     updated_at TEXT NOT NULL
   ) STRICT;
   CREATE TABLE server (
     key TEXT PRIMARY KEY,
     value TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;`,
];
