#include "store/whole_entry.hpp"

#include "base/text.hpp"
#include "base/time.hpp"
#include "json/reader.hpp"
#include "json/writer.hpp"
#include "store/gzip.hpp"
#include "store/json_values.hpp"

#include <algorithm>

namespace civitai::store {
namespace {

json::Object hashes_json(const Hashes& hashes) {
  json::Object object;
  for (const HashKind kind : all_hash_kinds) {
    if (hashes.has(kind)) object.set(to_string(kind), hashes.get(kind));
  }
  return object;
}

json::Array texts_json(const std::vector<std::string>& texts) {
  json::Array array;
  for (const std::string& text : texts) array.add(text);
  return array;
}

json::Object presence_json(const WholeEntry::Presence& presence) {
  json::Object object;
  object.set("size", presence.size).set("hashes", hashes_json(presence.computed));
  object.set("proof", presence.proof.kind).set("proof_value", presence.proof.value);
  object.set("verified_at", to_iso8601(presence.verified_at));
  return object;
}

void read_hashes(json::Value& value, Hashes& hashes) {
  value.members([&](std::string_view name, json::Value member) {
    if (const auto kind = hash_kind_from(name)) hashes.set(*kind, member.text().value_or(""));
  });
}

void read_texts(json::Value& value, std::vector<std::string>& texts) {
  value.elements([&](json::Value element) {
    if (auto text = element.text()) texts.push_back(std::move(*text));
  });
}

void read_presence(json::Value& value, WholeEntry& entry) {
  if (value.kind() != json::Kind::object) return;
  WholeEntry::Presence& presence = entry.presence.emplace(WholeEntry::Presence{});
  value.members([&](std::string_view name, json::Value member) {
    if (name == "size") presence.size = size_of(member);
    if (name == "hashes") read_hashes(member, presence.computed);
    if (name == "proof") presence.proof.kind = member.text().value_or("");
    if (name == "proof_value") presence.proof.value = member.text().value_or("");
    if (name == "verified_at") presence.verified_at = time_of(member);
  });
}

struct Field {
  std::string_view name;
  void (*read)(json::Value& value, WholeEntry& entry);
};

template <std::string LibraryEntry::*Member>
void read_text(json::Value& value, WholeEntry& entry) {
  entry.entry.*Member = value.text().value_or("");
}

constexpr Field fields[] = {
    {"model_id", [](json::Value& v, WholeEntry& e) { read_id(v, e.entry.model_id); }},
    {"model_name", read_text<&LibraryEntry::model_name>},
    {"model_type", read_text<&LibraryEntry::model_type>},
    {"creator", read_text<&LibraryEntry::creator>},
    {"tags", [](json::Value& v, WholeEntry& e) { read_texts(v, e.tags); }},
    {"version_id", [](json::Value& v, WholeEntry& e) { read_id(v, e.entry.version_id); }},
    {"version_name", read_text<&LibraryEntry::version_name>},
    {"base_model", read_text<&LibraryEntry::base_model>},
    {"trained_words", [](json::Value& v, WholeEntry& e) { read_texts(v, e.trained_words); }},
    {"file_id", [](json::Value& v, WholeEntry& e) { read_id(v, e.entry.file_id); }},
    {"file_name", read_text<&LibraryEntry::file_name>},
    {"file_type", read_text<&LibraryEntry::file_type>},
    {"size", [](json::Value& v, WholeEntry& e) { e.entry.size = size_of(v); }},
    {"hashes", [](json::Value& v, WholeEntry& e) { read_hashes(v, e.entry.hashes); }},
    {"path", read_text<&LibraryEntry::path>},
    {"path_bytes", [](json::Value& v, WholeEntry& e) { e.entry.path = unescaped_bytes(v.text().value_or("")); }},
    {"error", read_text<&LibraryEntry::error>},
    {"added_at", [](json::Value& v, WholeEntry& e) { e.added_at = time_of(v); }},
    {"updated_at", [](json::Value& v, WholeEntry& e) { e.entry.updated_at = time_of(v); }},
    {"deleted_at", [](json::Value& v, WholeEntry& e) { e.deleted_at = time_of(v); }},
    {"present", read_presence},
    {"version_document", [](json::Value& v, WholeEntry& e) { e.document.gzip = compress(v.raw()); }},
};

}  // namespace

std::string to_json(const WholeEntry& whole, std::string_view document) {
  const LibraryEntry& entry = whole.entry;
  json::Object object;
  object.set("key", entry_key(entry.version_id)).set("status", to_string(entry.status));
  object.set("model_id", entry.model_id.value).set("model_name", entry.model_name);
  object.set("model_type", entry.model_type).set("creator", entry.creator).set("tags", texts_json(whole.tags));
  object.set("version_id", entry.version_id.value).set("version_name", entry.version_name);
  object.set("base_model", entry.base_model).set("trained_words", texts_json(whole.trained_words));
  object.set("file_id", entry.file_id.value).set("file_name", entry.file_name).set("file_type", entry.file_type);
  object.set("size", entry.size).set("hashes", hashes_json(entry.hashes));
  set_path(object, entry.path);
  object.set("error", entry.error).set("added_at", to_iso8601(whole.added_at));
  object.set("updated_at", to_iso8601(entry.updated_at));
  if (whole.deleted_at) object.set("deleted_at", to_iso8601(*whole.deleted_at));
  if (whole.presence) object.set("present", presence_json(*whole.presence));
  return with_document(object, "version_document", document);
}

Result<WholeEntry> whole_entry_from(std::string_view text) {
  auto document = json::Document::parse(text);
  if (!document) return fail(document, "an entry");
  WholeEntry whole;
  std::optional<EntryStatus> status;
  const bool intact = document->root().members([&](std::string_view name, json::Value value) {
    if (name == "status") {
      status = entry_status_from(value.text().value_or(""));
      return;
    }
    const auto* const field =
        std::find_if(std::begin(fields), std::end(fields), [&](const Field& row) { return row.name == name; });
    if (field != std::end(fields)) field->read(value, whole);
  });
  if (!intact || !status || !whole.entry.version_id || !whole.entry.file_id) {
    return fail(ErrorKind::usage, "an entry without ids or status, or with damaged JSON");
  }
  whole.entry.status = *status;
  return whole;
}

}  // namespace civitai::store
