// Migration 5: what was hashed before, and where entries were brought from.
#pragma once

#include <string_view>

namespace civitai::store {

inline constexpr std::string_view m0005_keeping = R"sql(
-- A file that was not changed need not be read again, whatever it is called by now.
CREATE TABLE hash_cache (
  device      INTEGER NOT NULL,
  inode       INTEGER NOT NULL,
  size        INTEGER NOT NULL,
  modified_ns INTEGER NOT NULL,
  sha256      TEXT NOT NULL,
  PRIMARY KEY (device, inode)
) STRICT, WITHOUT ROWID;

-- Databases of the original program that were imported, or that nobody wants.
CREATE TABLE import_sources (
  path  TEXT PRIMARY KEY,  -- absolute
  state TEXT NOT NULL CHECK (state IN ('Imported', 'Declined')),
  at    INTEGER NOT NULL
) STRICT;

-- The original program does not keep the ids of models: until one is learned, a version has a stand-in of its own. The
-- site's ids end at 2147483647, the stand-ins begin behind it.
CREATE TRIGGER stand_in_gone AFTER UPDATE OF model_id ON versions
WHEN OLD.model_id > 2147483647 AND NEW.model_id <> OLD.model_id BEGIN
  DELETE FROM models WHERE id = OLD.model_id;
END;
)sql";

}  // namespace civitai::store
