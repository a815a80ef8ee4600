#include "api/documents.hpp"

#include "api/fields.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "json/reader.hpp"

#include <cmath>

namespace civitai::api {
namespace {

using json::Value;

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

void read_texts(Value& value, std::vector<std::string>& texts) {
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

constexpr Field<ModelFile> metadata_fields[] = {
    {"format", [](Value& value, ModelFile& file) { file.format = text_from(value); }},
    {"size", [](Value& value, ModelFile& file) { file.size_class = text_from(value); }},
    {"fp", [](Value& value, ModelFile& file) { file.precision = text_from(value); }},
    {"quantType", [](Value& value, ModelFile& file) { file.quantisation = text_from(value); }},
};

void read_hashes(Value& value, ModelFile& file) {
  value.members([&](std::string_view key, Value member) {
    if (const auto kind = hash_kind_from(key)) file.hashes.set(*kind, text_from(member));
  });
}

constexpr Field<ModelFile> file_fields[] = {
    {"id", [](Value& value, ModelFile& file) { file.id.value = id_from(value); }},
    {"name", [](Value& value, ModelFile& file) { file.name = text_from(value); }},
    {"type", [](Value& value, ModelFile& file) { file.type = text_from(value); }},
    {"sizeKB", [](Value& value, ModelFile& file) { file.size = size_from_kilobytes(value); }},
    {"metadata", [](Value& value, ModelFile& file) { read_fields<ModelFile>(metadata_fields, value, file); }},
    {"hashes", read_hashes},
    {"pickleScanResult", [](Value& value, ModelFile& file) { file.pickle_scan = verdict_from(value); }},
    {"virusScanResult", [](Value& value, ModelFile& file) { file.virus_scan = verdict_from(value); }},
    {"pickleScanMessage", [](Value& value, ModelFile& file) { file.pickle_message = text_from(value); }},
    {"downloadUrl", [](Value& value, ModelFile& file) { file.download_url = text_from(value); }},
    {"primary", [](Value& value, ModelFile& file) { file.primary = value.boolean().value_or(false); }},
};

void read_files(Value& value, ModelVersion& version) {
  value.elements([&](Value element) {
    ModelFile file;
    read_fields<ModelFile>(file_fields, element, file);
    // Without its id it can neither be asked for nor be told from its siblings.
    if (file.id) version.files.push_back(std::move(file));
  });
}

constexpr Field<ModelImage> image_fields[] = {
    {"id", [](Value& value, ModelImage& image) { image.id.value = id_from(value); }},
    {"url", [](Value& value, ModelImage& image) { image.url = text_from(value); }},
    {"type", [](Value& value, ModelImage& image) { image.type = text_from(value); }},
    {"nsfwLevel", [](Value& value, ModelImage& image) { image.nsfw_level = small_number_from(value); }},
};

void read_images(Value& value, ModelVersion& version) {
  value.elements([&](Value element) {
    ModelImage image;
    read_fields<ModelImage>(image_fields, element, image);
    version.images.push_back(std::move(image));
  });
}

constexpr Field<PaidAccess> paid_fields[] = {
    {"permanent", [](Value& value, PaidAccess& paid) { paid.permanent = value.boolean().value_or(false); }},
    {"endsAt", [](Value& value, PaidAccess& paid) { paid.free_from = time_from(value); }},
};

void read_paid_access(Value& value, ModelVersion& version) {
  if (value.kind() != json::Kind::object) return;
  PaidAccess paid;
  read_fields<PaidAccess>(paid_fields, value, paid);
  version.paid_access = paid;
}

// The older names of the end of early access; paidAccess is preferred wherever it stands.
void read_early_access(Value& value, ModelVersion& version) {
  const auto free_from = time_from(value);
  if (free_from && !version.paid_access) version.paid_access = PaidAccess{false, free_from};
}

// The members that a version has in a list and in `/models/{id}`; `/model-versions/{id}` shares them.
constexpr Field<ModelVersion> version_fields[] = {
    {"id", [](Value& value, ModelVersion& version) { version.id.value = id_from(value); }},
    {"name", [](Value& value, ModelVersion& version) { version.name = text_from(value); }},
    {"baseModel", [](Value& value, ModelVersion& version) { version.base_model = text_from(value); }},
    {"publishedAt", [](Value& value, ModelVersion& version) { version.published_at = time_from(value); }},
    {"usageControl", [](Value& value, ModelVersion& version) { version.usage_control = text_from(value); }},
    {"trainedWords", [](Value& value, ModelVersion& version) { read_texts(value, version.trained_words); }},
    {"files", read_files},
    {"images", read_images},
    {"paidAccess", read_paid_access},
    {"earlyAccessDeadline", read_early_access},
    {"earlyAccessEndsAt", read_early_access},
};

Result<ModelVersion> read_version(std::string_view text) {
  auto document = json::Document::parse(text);
  if (!document) return fail(document.error());
  ModelVersion version;
  Value root = document->root();
  const bool whole = read_fields<ModelVersion>(version_fields, root, version);
  if (!whole || !version.id) return fail(ErrorKind::network, "a version without an id or with damaged JSON");
  version.raw = text;
  return version;
}

ModelMode mode_from(Value& value) {
  const std::string word = text_from(value);
  if (word == "Archived") return ModelMode::archived;
  return word == "TakenDown" ? ModelMode::taken_down : ModelMode::normal;
}

void read_versions(Value& value, Model& model) {
  value.elements([&](Value element) {
    // A damaged version costs itself alone.
    if (auto version = read_version(element.raw())) model.versions.push_back(std::move(*version));
  });
}

void read_creator(Value& value, Model& model) {
  value.members([&](std::string_view name, Value member) {
    if (name == "username") model.creator = text_from(member);
  });
}

constexpr Field<Model> model_fields[] = {
    {"id", [](Value& value, Model& model) { model.id.value = id_from(value); }},
    {"name", [](Value& value, Model& model) { model.name = text_from(value); }},
    {"type", [](Value& value, Model& model) { model.type = text_from(value); }},
    {"nsfw", [](Value& value, Model& model) { model.nsfw = value.boolean().value_or(false); }},
    {"nsfwLevel", [](Value& value, Model& model) { model.nsfw_level = small_number_from(value); }},
    {"mode", [](Value& value, Model& model) { model.mode = mode_from(value); }},
    {"tags", [](Value& value, Model& model) { read_texts(value, model.tags); }},
    {"modelVersions", read_versions},
    {"creator", read_creator},
};

constexpr Field<ModelPage> page_metadata_fields[] = {
    {"nextCursor", [](Value& value, ModelPage& page) { page.next_cursor = cursor_from(value); }},
    {"nextPage", [](Value& value, ModelPage& page) { page.next_page = cursor_from(value); }},
};

// An entry of the list of creators.
struct CreatorCount {
  std::string name;
  std::int64_t models = 0;  // absent when the creator has none
};

constexpr Field<CreatorCount> creator_fields[] = {
    {"username", [](Value& value, CreatorCount& creator) { creator.name = text_from(value); }},
    {"modelCount", [](Value& value, CreatorCount& creator) { creator.models = value.integer().value_or(0); }},
};

}  // namespace

Result<Model> read_model(std::string_view text) {
  auto document = json::Document::parse(text);
  if (!document) return fail(document.error());
  Model model;
  Value root = document->root();
  const bool whole = read_fields<Model>(model_fields, root, model);
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
    if (key == "metadata") read_fields<ModelPage>(page_metadata_fields, member, page);
    if (key != "items") return;
    items_seen = true;
    items_whole = member.elements([&](Value element) {
      auto model = read_model(element.raw());
      if (!model) {
        ++page.damaged;
      } else {
        page.models.push_back(std::move(*model));
      }
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
      read_fields<Model>(model_fields, member, model);
    } else {
      read_field<ModelVersion>(version_fields, key, member, version);
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
      CreatorCount creator;
      read_fields<CreatorCount>(creator_fields, item, creator);
      if (equal_ignoring_case(creator.name, username)) count = static_cast<int>(creator.models);
    });
  });
  return count;
}

}  // namespace civitai::api
