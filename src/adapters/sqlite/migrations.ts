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
  `CREATE TABLE audio_config (
     id INTEGER PRIMARY KEY,
     active INTEGER NOT NULL CHECK (active IN (0, 1)),
     sample_rate INTEGER NOT NULL CHECK (sample_rate IN (48000, 44100, 32000, 24000)),
     max_sample_rate INTEGER NOT NULL CHECK (max_sample_rate IN (48000, 44100, 32000, 24000)),
     codec TEXT NOT NULL CHECK (codec IN ('opus', 'pcm', 'pcm24')),
     layout TEXT NOT NULL CHECK (layout IN ('bundle', 'plain')),
     packet_time_ms REAL NOT NULL CHECK (packet_time_ms IN (2.5, 5, 10, 20)),
     bitrate INTEGER NOT NULL CHECK (bitrate > 0),
     test_mode INTEGER NOT NULL CHECK (test_mode IN (0, 1)),
     dscp INTEGER NOT NULL CHECK (dscp BETWEEN 0 AND 63),
     adaptive INTEGER NOT NULL CHECK (adaptive IN (0, 1)),
     device TEXT NOT NULL,
     console_address TEXT NOT NULL,
     latency_threshold_ms REAL NOT NULL CHECK (latency_threshold_ms > 0),
     step_down_after_s REAL NOT NULL CHECK (step_down_after_s > 0),
     step_up_after_s REAL NOT NULL CHECK (step_up_after_s > 0),
     warn_loss_percent REAL NOT NULL CHECK (warn_loss_percent BETWEEN 0 AND 100),
     warn_jitter_ms REAL NOT NULL CHECK (warn_jitter_ms > 0),
     warn_latency_ms REAL NOT NULL CHECK (warn_latency_ms > 0),
     jitter_interpolate_ms REAL NOT NULL CHECK (jitter_interpolate_ms >= 0),
     jitter_drop_ms REAL NOT NULL CHECK (jitter_drop_ms >= 0)
   ) STRICT;
   CREATE UNIQUE INDEX one_active_audio_config ON audio_config (active) WHERE active = 1;
   CREATE TABLE console_channels (
     id INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 32),
     name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 32),
     color TEXT,
     source TEXT,
     mapped INTEGER NOT NULL CHECK (mapped IN (0, 1)),
     position INTEGER NOT NULL
   ) STRICT;`,
];
