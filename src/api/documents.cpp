#include "api/documents.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "json/reader.hpp"

#include <cmath>

namespace civitai::api {
namespace {

using json::Value;

std::int64_t id_from(Value& value) { return std::max<std::int64_t>(0, value.integer().value_or(0)); }

std::optional<SystemTime> time_from(Value& value) {
  const auto text = value.text();
  return text ? parse_iso8601(*text) : std::nullopt;
}

ScanVerdict verdict_from(Value& value) {
  const std::string word = value.text().value_or("");
  if (word == "Success") return ScanVerdict::success;
  if (word == "Pending") return ScanVerdict::pending;
  if (word == "Danger") return ScanVerdict::danger;
  if (word == "Error") return ScanVerdict::error;
  return ScanVerdict::unknown;
}

std::optional<ByteCount> size_from_kilobytes(Value& value) {
  const auto kilobytes = value.number();
  // 8 EiB: beyond it the product does not fit.
  if (!kilobytes || !(*kilobytes > 0) || *kilobytes > 9.0e15) return std::nullopt;
  return ByteCount{static_cast<std::uint64_t>(std::llround(*kilobytes * 1024))};
}

void read_file_metadata(Value value, ModelFile& file) {
  value.members([&](std::string_view key, Value member) {
    if (key == "format")
      file.format = member.text().value_or("");
    else if (key == "size")
      file.size_class = member.text().value_or("");
    else if (key == "fp")
      file.precision = member.text().value_or("");
    else if (key == "quantType")
      file.quantisation = member.text().value_or("");
  });
}

void read_hashes(Value value, Hashes& hashes) {
  value.members([&](std::string_view key, Value member) {
    const auto kind = hash_kind_from(key);
    if (kind) hashes.set(*kind, member.text().value_or(""));
  });
}

ModelFile read_file(Value value) {
  ModelFile file;
  value.members([&](std::string_view key, Value member) {
    if (key == "id")
      file.id.value = id_from(member);
    else if (key == "name")
      file.name = member.text().value_or("");
    else if (key == "type")
      file.type = member.text().value_or("");
    else if (key == "sizeKB")
      file.size = size_from_kilobytes(member);
    else if (key == "metadata")
      read_file_metadata(member, file);
    else if (key == "hashes")
      read_hashes(member, file.hashes);
    else if (key == "pickleScanResult")
      file.pickle_scan = verdict_from(member);
    else if (key == "virusScanResult")
      file.virus_scan = verdict_from(member);
    else if (key == "pickleScanMessage")
      file.pickle_message = member.text().value_or("");
    else if (key == "downloadUrl")
      file.download_url = member.text().value_or("");
    else if (key == "primary")
      file.primary = member.boolean().value_or(false);
  });
  return file;
}

void read_files(Value value, ModelVersion& version) {
  value.elements([&](Value element) {
    ModelFile file = read_file(element);
    // Without its id it can neither be asked for nor be told from its siblings.
    if (file.id) version.files.push_back(std::move(file));
  });
}

ModelImage read_image(Value value) {
  ModelImage image;
  value.members([&](std::string_view key, Value member) {
    if (key == "id")
      image.id.value = id_from(member);
    else if (key == "url")
      image.url = member.text().value_or("");
    else if (key == "type")
      image.type = member.text().value_or("");
    else if (key == "nsfwLevel")
      image.nsfw_level = static_cast<int>(member.integer().value_or(0));
  });
  return image;
}

PaidAccess read_paid_access(Value value) {
  PaidAccess paid;
  value.members([&](std::string_view key, Value member) {
    if (key == "permanent")
      paid.permanent = member.boolean().value_or(false);
    else if (key == "endsAt")
      paid.free_from = time_from(member);
  });
  return paid;
}

void read_texts(Value value, std::vector<std::string>& texts) {
  value.elements([&](Value element) {
    // Older answers wrap tags: [{"name": "…"}].
    if (element.kind() == json::Kind::object) {
      element.members([&](std::string_view key, Value member) {
        if (key == "name") texts.push_back(member.text().value_or(""));
      });
      return;
    }
    if (auto text = element.text(); text && !trim(*text).empty()) texts.push_back(std::move(*text));
  });
}

// The members that a version has in a list and in `/models/{id}`; `/model-versions/{id}` shares them.
void read_version_member(std::string_view key, Value& member, ModelVersion& version) {
  if (key == "id")
    version.id.value = id_from(member);
  else if (key == "name")
    version.name = member.text().value_or("");
  else if (key == "baseModel")
    version.base_model = member.text().value_or("");
  else if (key == "publishedAt")
    version.published_at = time_from(member);
  else if (key == "usageControl")
    version.usage_control = member.text().value_or("");
  else if (key == "trainedWords")
    read_texts(member, version.trained_words);
  else if (key == "files")
    read_files(member, version);
  else if (key == "images")
    member.elements([&](Value image) { version.images.push_back(read_image(image)); });
  else if (key == "paidAccess" && member.kind() == json::Kind::object)
    version.paid_access = read_paid_access(member);
  else if (key == "earlyAccessDeadline" || key == "earlyAccessEndsAt") {
    // The older names; paidAccess is preferred wherever it stands.
    const auto free_from = time_from(member);
    if (free_from && !version.paid_access) version.paid_access = PaidAccess{false, free_from};
  }
}

Result<ModelVersion> read_version(std::string_view text) {
  auto document = json::Document::parse(text);
  if (!document) return fail(document.error());
  ModelVersion version;
  const bool whole =
      document->root().members([&](std::string_view key, Value member) { read_version_member(key, member, version); });
  if (!whole || !version.id) return fail(ErrorKind::network, "a version without an id or with damaged JSON");
  version.raw = text;
  return version;
}

ModelMode mode_from(Value& value) {
  const std::string word = value.text().value_or("");
  if (word == "Archived") return ModelMode::archived;
  return word == "TakenDown" ? ModelMode::taken_down : ModelMode::normal;
}

void read_versions(Value value, Model& model) {
  value.elements([&](Value element) {
    // A damaged version costs itself alone.
    if (auto version = read_version(element.raw())) model.versions.push_back(std::move(*version));
  });
}

void read_model_member(std::string_view key, Value& member, Model& model) {
  if (key == "id")
    model.id.value = id_from(member);
  else if (key == "name")
    model.name = member.text().value_or("");
  else if (key == "type")
    model.type = member.text().value_or("");
  else if (key == "nsfw")
    model.nsfw = member.boolean().value_or(false);
  else if (key == "nsfwLevel")
    model.nsfw_level = static_cast<int>(member.integer().value_or(0));
  else if (key == "mode")
    model.mode = mode_from(member);
  else if (key == "tags")
    read_texts(member, model.tags);
  else if (key == "modelVersions")
    read_versions(member, model);
  else if (key == "creator") {
    member.members([&](std::string_view name, Value value) {
      if (name == "username") model.creator = value.text().value_or("");
    });
  }
}

std::optional<std::string> cursor_from(Value& value) {
  auto text = value.text();
  if (text && trim(*text).empty()) return std::nullopt;
  return text;
}

void read_page_metadata(Value value, ModelPage& page) {
  value.members([&](std::string_view key, Value member) {
    if (key == "nextCursor")
      page.next_cursor = cursor_from(member);
    else if (key == "nextPage")
      page.next_page = cursor_from(member);
  });
}

// Calls `use(key, value)` for the members of a small document; damage ends it silently.
template <class Use>
void each_member(std::string_view text, Use&& use) {
  auto document = json::Document::parse(text);
  if (document) document->root().members(std::forward<Use>(use));
}

}  // namespace

Result<Model> read_model(std::string_view text) {
  auto document = json::Document::parse(text);
  if (!document) return fail(document.error());
  Model model;
  const bool whole =
      document->root().members([&](std::string_view key, Value member) { read_model_member(key, member, model); });
  if (!whole || !model.id) return fail(ErrorKind::network, "a model without an id or with damaged JSON");
  for (ModelVersion& version : model.versions) version.model_id = model.id;
  model.raw = text;
  return model;
}

Result<ModelPage> read_model_page(std::string_view text) {
  auto document = json::Document::parse(text);
  if (!document) return fail(document.error());
  ModelPage page;
  bool items_seen = false;
  bool items_whole = true;
  const bool whole = document->root().members([&](std::string_view key, Value member) {
    if (key == "metadata") read_page_metadata(member, page);
    if (key != "items") return;
    items_seen = true;
    items_whole = member.elements([&](Value element) {
      auto model = read_model(element.raw());
      if (model)
        page.models.push_back(std::move(*model));
      else
        ++page.damaged;
    });
  });
  if (!whole || !items_seen || !items_whole) return fail(ErrorKind::network, "the list page is damaged or cut short");
  return page;
}

Result<Model> read_version_document(std::string_view text) {
  auto document = json::Document::parse(text);
  if (!document) return fail(document.error());
  Model model;
  ModelVersion version;
  const bool whole = document->root().members([&](std::string_view key, Value member) {
    if (key == "modelId") {
      model.id.value = id_from(member);
    } else if (key == "model") {
      member.members([&](std::string_view name, Value value) { read_model_member(name, value, model); });
    } else {
      read_version_member(key, member, version);
    }
  });
  if (!whole || !version.id || !model.id) {
    return fail(ErrorKind::network, "a version document without ids or with damaged JSON");
  }
  version.model_id = model.id;
  version.raw = text;
  model.versions.push_back(std::move(version));
  return model;
}

Result<std::string> read_account_name(std::string_view text) {
  std::optional<std::string> name;
  each_member(text, [&](std::string_view key, Value member) {
    if (key == "username") name = member.text();
  });
  if (!name) return fail(ErrorKind::network, "the account document has no user name");
  return *name;
}

std::optional<int> read_model_count(std::string_view text, std::string_view username) {
  std::optional<int> count;
  each_member(text, [&](std::string_view key, Value items) {
    if (key != "items") return;
    items.elements([&](Value item) {
      std::string name;
      std::int64_t models = 0;  // absent when the creator has none
      item.members([&](std::string_view field, Value value) {
        if (field == "username")
          name = value.text().value_or("");
        else if (field == "modelCount")
          models = value.integer().value_or(0);
      });
      if (equal_ignoring_case(name, username)) count = static_cast<int>(models);
    });
  });
  return count;
}

std::string read_error_text(std::string_view body) {
  constexpr std::size_t longest = 300;
  std::string error;
  std::string message;
  each_member(body, [&](std::string_view key, Value member) {
    if (key == "message") message = member.text().value_or("");
    if (key != "error") return;
    if (member.kind() == json::Kind::object) {
      member.members([&](std::string_view name, Value value) {
        if (name == "message") error = value.text().value_or("");
      });
    } else {
      error = member.text().value_or("");
    }
  });
  const bool both = !error.empty() && !message.empty();
  const std::string text = both ? format("{}: {}", error, message) : error + message;
  return std::string(utf8_prefix(printable(trim(text)), longest));
}

std::optional<SystemTime> read_deadline(std::string_view body) {
  std::optional<SystemTime> deadline;
  each_member(body, [&](std::string_view key, Value member) {
    if (key == "deadline") deadline = time_from(member);
  });
  return deadline;
}

}  // namespace civitai::api
