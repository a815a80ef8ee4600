// Migration 4: files that a person took away on purpose. They are no entries of the library any more, but everything
// known about them stays, so that nothing is lost when they come back.
#pragma once

#include <string_view>

namespace civitai::store {

inline constexpr std::string_view m0004_deletions = R"sql(
CREATE TABLE deletions (
  file_id    INTEGER PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
  deleted_at INTEGER NOT NULL
) STRICT;

CREATE VIEW kept_files AS
SELECT * FROM files AS f WHERE NOT EXISTS (SELECT 1 FROM deletions AS d WHERE d.file_id = f.id);

-- What is no entry is not found either.
CREATE TRIGGER search_deletion_added AFTER INSERT ON deletions BEGIN
  INSERT INTO search_queue VALUES (NEW.file_id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_deletion_removed AFTER DELETE ON deletions BEGIN
  INSERT INTO search_queue VALUES (OLD.file_id) ON CONFLICT DO NOTHING;
END;

DROP VIEW entries;
CREATE VIEW entries AS
SELECT f.status, m.id AS model_id, m.name AS model_name, m.type AS model_type, m.creator,
       v.id AS version_id, v.name AS version_name, v.base_model,
       f.id AS file_id, f.name AS file_name, f.type AS file_type,
       coalesce(p.size, f.size) AS size, coalesce(p.path, '') AS path, f.error, f.updated_at,
       coalesce(f.sha256, p.sha256) AS sha256, coalesce(f.blake3, p.blake3) AS blake3,
       coalesce(f.autov2, p.autov2) AS autov2, coalesce(f.autov3, p.autov3) AS autov3,
       coalesce(f.crc32, p.crc32) AS crc32, coalesce(f.autov1, p.autov1) AS autov1,
       m.tags, v.trained_words
FROM kept_files AS f
JOIN versions AS v ON v.id = f.version_id
JOIN models AS m ON m.id = v.model_id
LEFT JOIN placements AS p ON p.file_id = f.id AND p.is_current = 1;
)sql";

}  // namespace civitai::store
