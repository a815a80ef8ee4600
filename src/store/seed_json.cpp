#include "base/format.hpp"
#include "base/text.hpp"
#include "json/reader.hpp"
#include "json/writer.hpp"
#include "store/json_values.hpp"
#include "store/seed_record.hpp"

namespace civitai::store {
namespace {

// What the original program keeps of a version beyond what the library has in columns. Texts only: a value of a type
// that it does not expect would make it refuse the whole record.
struct Extras {
  std::string published_at;
  std::string updated_at;
  std::string description;
  std::string download_url;  // of the file
  std::string format;
  std::string size_class;
  std::string precision;
  bool primary = false;
};

void read_file(json::Value& file, FileId wanted, Extras& extras) {
  Extras found;
  FileId id;
  file.members([&](std::string_view name, json::Value member) {
    if (name == "id") id.value = member.integer().value_or(0);
    if (name == "downloadUrl") found.download_url = text_of(member);
    if (name == "primary") found.primary = member.boolean().value_or(false);
    if (name == "metadata") {
      member.members([&](std::string_view key, json::Value value) {
        if (key == "format") found.format = text_of(value);
        if (key == "size") found.size_class = text_of(value);
        if (key == "fp") found.precision = text_of(value);
      });
    }
  });
  if (id != wanted) return;
  extras.download_url = found.download_url;
  extras.format = found.format;
  extras.size_class = found.size_class;
  extras.precision = found.precision;
  extras.primary = found.primary;
}

Extras extras_from(std::string_view document, FileId file) {
  Extras extras;
  auto parsed = json::Document::parse(document);
  if (!parsed) return extras;
  parsed->root().members([&](std::string_view name, json::Value member) {
    if (name == "publishedAt") extras.published_at = text_of(member);
    if (name == "updatedAt") extras.updated_at = text_of(member);
    if (name == "description") extras.description = text_of(member);
    if (name == "files") member.elements([&](json::Value element) { read_file(element, file, extras); });
  });
  return extras;
}

json::Object file_json(const LibraryEntry& entry, const Extras& extras) {
  json::Object metadata;
  metadata.set("fp", extras.precision).set("size", extras.size_class).set("format", extras.format);
  json::Object hashes;
  for (const HashKind kind : {HashKind::autov2, HashKind::sha256, HashKind::crc32, HashKind::blake3}) {
    hashes.set(to_string(kind), to_upper(entry.hashes.get(kind)));
  }
  const std::string fallback =
      format("https://civitai.com/api/download/models/{}?fileId={}", entry.version_id.value, entry.file_id.value);
  json::Object file;
  file.set("name", entry.file_name).set("id", entry.file_id.value);
  file.set("sizeKB", static_cast<double>(entry.size.value) / 1024).set("type", entry.file_type);
  file.set("metadata", std::move(metadata)).set("hashes", std::move(hashes));
  file.set("downloadUrl", extras.download_url.empty() ? fallback : extras.download_url);
  file.set("primary", extras.primary);
  return file;
}

json::Object version_json(const WholeEntry& whole, const Extras& extras) {
  json::Array words;
  for (const std::string& word : whole.trained_words) words.add(word);
  json::Object version;
  version.set("id", whole.entry.version_id.value).set("modelId", whole.entry.model_id.value);
  version.set("name", whole.entry.version_name).set("publishedAt", extras.published_at);
  version.set("updatedAt", extras.updated_at).set("trainedWords", std::move(words));
  version.set("baseModel", whole.entry.base_model).set("description", extras.description);
  version.set_null("files").set_null("images");
  return version;
}

}  // namespace

std::string seed_json(const WholeEntry& whole, std::string_view document, std::string_view folder,
                      std::string_view file_name) {
  const LibraryEntry& entry = whole.entry;
  const Extras extras = extras_from(document, entry.file_id);
  json::Object creator;
  creator.set("username", entry.creator).set("image", "");
  json::Object record;
  record.set("modelId", entry.model_id.value).set("modelName", entry.model_name).set("modelType", entry.model_type);
  record.set("version", version_json(whole, extras)).set("file", file_json(entry, extras));
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(whole.added_at.time_since_epoch());
  record.set("timestamp", std::int64_t{seconds.count()}).set("creator", std::move(creator));
  record.set("filename", file_name).set("folder", folder).set("status", to_string(entry.status));
  if (!entry.error.empty()) record.set("errorDetails", entry.error);
  return record.text(-1);
}

}  // namespace civitai::store
