// Migration 2: what `db search` looks through.
#pragma once

#include <string_view>

namespace civitai::store {

// The triggers only note which files' texts have changed: folding and cutting them for the index is the program's work,
// done before a transaction ends. A change by another program is caught up with by our next one.
inline constexpr std::string_view m0002_search = R"sql(
CREATE TABLE search_queue (
  file_id INTEGER PRIMARY KEY  -- whose texts are not in the index as they are now
) STRICT;

-- Folded to small letters, the fields on lines of their own.
CREATE TABLE search_texts (
  file_id INTEGER PRIMARY KEY,
  name    TEXT NOT NULL,  -- of the model
  rest    TEXT NOT NULL   -- version, file, creator, tags, trigger words
) STRICT;

CREATE VIRTUAL TABLE search USING fts5 (
  name, rest, content = 'search_texts', content_rowid = 'file_id', tokenize = 'trigram case_sensitive 1'
);

CREATE TRIGGER search_file_added AFTER INSERT ON files BEGIN
  INSERT INTO search_queue VALUES (NEW.id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_file_changed AFTER UPDATE OF name, version_id ON files
WHEN OLD.name <> NEW.name OR OLD.version_id <> NEW.version_id BEGIN
  INSERT INTO search_queue VALUES (NEW.id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_file_removed AFTER DELETE ON files BEGIN
  INSERT INTO search_queue VALUES (OLD.id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_version_changed AFTER UPDATE OF name, model_id, trained_words ON versions
WHEN OLD.name <> NEW.name OR OLD.model_id <> NEW.model_id OR OLD.trained_words <> NEW.trained_words BEGIN
  INSERT INTO search_queue SELECT id FROM files WHERE version_id = NEW.id ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_model_changed AFTER UPDATE OF name, creator, tags ON models
WHEN OLD.name <> NEW.name OR OLD.creator <> NEW.creator OR OLD.tags <> NEW.tags BEGIN
  INSERT INTO search_queue
  SELECT f.id FROM files AS f JOIN versions AS v ON v.id = f.version_id WHERE v.model_id = NEW.id
  ON CONFLICT DO NOTHING;
END;

INSERT INTO search_queue SELECT id FROM files;
)sql";

}  // namespace civitai::store
