// Migration 1: models, their versions, the versions' files, and where each file lies.
#pragma once

#include <string_view>

namespace civitai::store {

inline constexpr std::string_view m0001_library = R"sql(
CREATE TABLE migrations (
  number     INTEGER PRIMARY KEY CHECK (number > 0),
  name       TEXT NOT NULL,
  applied_at INTEGER NOT NULL  -- this and every time: milliseconds since 1970, UTC
) STRICT;

CREATE TABLE models (
  id      INTEGER PRIMARY KEY CHECK (id > 0),  -- the site's
  name    TEXT NOT NULL,
  type    TEXT NOT NULL,
  creator TEXT NOT NULL,
  tags    TEXT NOT NULL  -- one per line
) STRICT;

CREATE TABLE versions (
  id            INTEGER PRIMARY KEY CHECK (id > 0),  -- the site's
  model_id      INTEGER NOT NULL REFERENCES models (id),
  name          TEXT NOT NULL,
  base_model    TEXT NOT NULL,
  trained_words TEXT NOT NULL  -- one per line
) STRICT;
CREATE INDEX versions_by_model ON versions (model_id);

-- Beside the versions, not in them: lists read every version and never the document.
CREATE TABLE version_documents (
  version_id INTEGER PRIMARY KEY REFERENCES versions (id) ON DELETE CASCADE,
  json_gzip  BLOB NOT NULL  -- as received
) STRICT;

CREATE TABLE files (
  id         INTEGER PRIMARY KEY CHECK (id > 0),  -- the site's
  version_id INTEGER NOT NULL REFERENCES versions (id),
  name       TEXT NOT NULL,
  type       TEXT NOT NULL,
  size       INTEGER NOT NULL CHECK (size >= 0),  -- bytes announced; 0: unknown
  status     TEXT NOT NULL CHECK (status IN ('Pending', 'Downloaded', 'Error')),
  error      TEXT NOT NULL CHECK (status = 'Error' OR error = ''),
  added_at   INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  sha256     TEXT,  -- this and the following: as the site published them, lower-case hex
  blake3     TEXT,
  autov2     TEXT,
  autov3     TEXT,
  crc32      TEXT,
  autov1     TEXT
) STRICT;
CREATE INDEX files_by_version ON files (version_id);

-- Where a file shall lie or lies. One placement of a file is the current one.
CREATE TABLE placements (
  id          INTEGER PRIMARY KEY,
  file_id     INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
  is_current  INTEGER NOT NULL CHECK (is_current IN (0, 1)),
  state       TEXT NOT NULL CHECK (state IN ('Wanted', 'Present')),
  path        TEXT NOT NULL,  -- absolute
  size        INTEGER CHECK (size >= 0),  -- this and the following are NULL until the file is present
  proof_kind  TEXT,
  proof_value TEXT,
  verified_at INTEGER,
  sha256      TEXT,  -- this and the following: computed here over the bytes at `path`
  blake3      TEXT,
  autov2      TEXT,
  autov3      TEXT,
  crc32       TEXT,
  autov1      TEXT
) STRICT;
CREATE INDEX placements_by_file ON placements (file_id);
CREATE UNIQUE INDEX placements_current ON placements (file_id) WHERE is_current = 1;

CREATE VIEW entries AS
SELECT f.status, m.id AS model_id, m.name AS model_name, m.type AS model_type, m.creator,
       v.id AS version_id, v.name AS version_name, v.base_model,
       f.id AS file_id, f.name AS file_name, f.type AS file_type,
       coalesce(p.size, f.size) AS size, coalesce(p.path, '') AS path, f.error, f.updated_at,
       coalesce(f.sha256, p.sha256) AS sha256, coalesce(f.blake3, p.blake3) AS blake3,
       coalesce(f.autov2, p.autov2) AS autov2, coalesce(f.autov3, p.autov3) AS autov3,
       coalesce(f.crc32, p.crc32) AS crc32, coalesce(f.autov1, p.autov1) AS autov1,
       m.tags, v.trained_words
FROM files AS f
JOIN versions AS v ON v.id = f.version_id
JOIN models AS m ON m.id = v.model_id
LEFT JOIN placements AS p ON p.file_id = f.id AND p.is_current = 1;
)sql";

}  // namespace civitai::store
