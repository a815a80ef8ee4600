#include "store/seed_record.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "store/json_values.hpp"

#include <algorithm>
#include <cmath>

namespace civitai::store {
namespace {

constexpr std::string_view key_prefix = "v_";

std::int64_t id_of(json::Value& value) { return std::max<std::int64_t>(0, value.integer().value_or(0)); }

void read_file(json::Value& value, LibraryEntry& entry) {
  value.members([&](std::string_view name, json::Value member) {
    if (name == "id") entry.file_id.value = id_of(member);
    if (name == "name") entry.file_name = text_of(member);
    if (name == "type") entry.file_type = text_of(member);
    if (name == "sizeKB") entry.size = size_from_kilobytes(member.number().value_or(0));
    if (name == "hashes") {
      member.members([&](std::string_view kind_name, json::Value hash) {
        if (const auto kind = hash_kind_from(kind_name)) entry.hashes.set(*kind, text_of(hash));
      });
    }
  });
}

void read_version(std::string_view json, SeedRecord& record) {
  auto document = json::Document::parse(json);
  if (!document) return;
  LibraryEntry& entry = record.entry;
  document->root().members([&](std::string_view name, json::Value member) {
    if (name == "id") entry.version_id.value = id_of(member);
    if (name == "modelId" && !entry.model_id) entry.model_id.value = id_of(member);
    if (name == "name") entry.version_name = text_of(member);
    if (name == "baseModel") entry.base_model = text_of(member);
    if (name == "trainedWords") {
      member.elements([&](json::Value word) {
        if (auto text = word.text()) record.trained_words.push_back(std::move(*text));
      });
    }
  });
}

void read_creator(json::Value& value, LibraryEntry& entry) {
  value.members([&](std::string_view name, json::Value member) {
    if (name == "username") entry.creator = text_of(member);
  });
}

struct Field {
  std::string_view name;
  void (*read)(json::Value& value, SeedRecord& record);
};

constexpr Field fields[] = {
    {"modelId",
     [](json::Value& v, SeedRecord& r) {
       if (const std::int64_t id = id_of(v); id > 0) r.entry.model_id.value = id;
     }},
    {"modelName", [](json::Value& v, SeedRecord& r) { r.entry.model_name = text_of(v); }},
    {"modelType", [](json::Value& v, SeedRecord& r) { r.entry.model_type = text_of(v); }},
    {"version",
     [](json::Value& v, SeedRecord& r) {
       r.version_json = v.raw();
       read_version(r.version_json, r);
     }},
    {"file", [](json::Value& v, SeedRecord& r) { read_file(v, r.entry); }},
    {"timestamp", [](json::Value& v, SeedRecord& r) { r.added_at = SystemTime(std::chrono::seconds(id_of(v))); }},
    {"creator", [](json::Value& v, SeedRecord& r) { read_creator(v, r.entry); }},
    {"filename", [](json::Value& v, SeedRecord& r) { r.file_name = text_of(v); }},
    {"folder", [](json::Value& v, SeedRecord& r) { r.folder = text_of(v); }},
    {"errorDetails", [](json::Value& v, SeedRecord& r) { r.entry.error = text_of(v); }},
};

}  // namespace

std::optional<VersionId> version_of_key(std::string_view key) {
  if (!key.starts_with(key_prefix)) return std::nullopt;
  const auto number = parse_integer(key.substr(key_prefix.size()));
  return number && *number > 0 ? std::optional(VersionId{*number}) : std::nullopt;
}

ByteCount size_from_kilobytes(double kilobytes) {
  // 8 EiB: beyond it the product does not fit.
  if (!(kilobytes > 0) || kilobytes > 9.0e15) return {};
  return {static_cast<std::uint64_t>(std::llround(kilobytes * 1024))};
}

Result<SeedRecord> seed_record_from(std::string_view key, std::string_view json) {
  auto document = json::Document::parse(json);
  if (!document) return fail(ErrorKind::usage, "it is no JSON object");
  SeedRecord record;
  std::optional<EntryStatus> status;
  const bool whole = document->root().members([&](std::string_view name, json::Value value) {
    if (name == "status") {
      status = entry_status_from(text_of(value));
      return;
    }
    const auto* const field =
        std::find_if(std::begin(fields), std::end(fields), [&](const Field& row) { return row.name == name; });
    if (field != std::end(fields)) field->read(value, record);
  });
  if (!whole) return fail(ErrorKind::usage, "its JSON is damaged");
  if (!status) return fail(ErrorKind::usage, "it has no status");
  record.entry.status = *status;
  if (*status != EntryStatus::error) record.entry.error.clear();
  if (!record.entry.version_id) record.entry.version_id = version_of_key(key).value_or(VersionId{});
  if (!record.entry.version_id) return fail(ErrorKind::usage, "it names no version");
  record.entry.updated_at = record.added_at;
  return record;
}

}  // namespace civitai::store
