#include "base/format.hpp"
#include "base/text.hpp"
#include "layout/layout.hpp"
#include "layout/placeholders.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace civitai::layout {
namespace {

enum class Placeholder {
  type,
  base_model,
  model_name,
  model_id,
  version_name,
  version_id,
  file_name,
  file_name_slug,
  file_id,
  extension,
  creator,
};

struct Row {
  std::string_view name;
  Placeholder placeholder;
};

constexpr std::array<Row, 12> placeholders = {{
    {"type", Placeholder::type},
    {"baseModel", Placeholder::base_model},
    {"modelName", Placeholder::model_name},
    {"modelID", Placeholder::model_id},
    {"modelNameSlug", Placeholder::model_name},
    {"versionName", Placeholder::version_name},
    {"versionID", Placeholder::version_id},
    {"fileName", Placeholder::file_name},
    {"fileNameSlug", Placeholder::file_name_slug},
    {"fileID", Placeholder::file_id},
    {"ext", Placeholder::extension},
    {"creator", Placeholder::creator},
}};

// Words of older configurations; understood, not advertised.
constexpr std::array<Row, 2> aliases = {{
    {"modelType", Placeholder::type},
    {"creatorName", Placeholder::creator},
}};

template <std::size_t Count>
constexpr std::array<std::string_view, Count> names_of(const std::array<Row, Count>& rows) {
  std::array<std::string_view, Count> names;
  for (std::size_t i = 0; i < Count; ++i) names[i] = rows[i].name;
  return names;
}

constexpr auto placeholder_names = names_of(placeholders);
constexpr auto alias_names = names_of(aliases);
constexpr PlaceholderNames known_placeholders = {.names = placeholder_names, .aliases = alias_names};

std::optional<Placeholder> find_placeholder(std::string_view name) {
  const auto named = [&](const Row& row) { return equal_ignoring_case(row.name, name); };
  const auto found = std::find_if(placeholders.begin(), placeholders.end(), named);
  if (found != placeholders.end()) return found->placeholder;
  const auto alias = std::find_if(aliases.begin(), aliases.end(), named);
  if (alias != aliases.end()) return alias->placeholder;
  return std::nullopt;
}

// Files that end so are taken for remains of a broken run and may be cleaned away.
std::string without_remains_ending(std::string leaf) {
  constexpr std::string_view ending = ".tmp";
  if (leaf.size() >= ending.size() && equal_ignoring_case(leaf.substr(leaf.size() - ending.size()), ending)) {
    leaf[leaf.size() - ending.size()] = '_';
  }
  return leaf;
}

enum class Place { folder, leaf };

// The number that stands in `text` where the pattern has the placeholder; 0 where that is not certain.
std::int64_t number_at(std::string_view pattern, std::string_view placeholder, std::string_view text) {
  const std::size_t at = pattern.find(placeholder);
  if (at == std::string_view::npos) return 0;
  const std::string_view before = pattern.substr(0, at);
  const std::string_view after = pattern.substr(at + placeholder.size());
  std::size_t first = 0;
  if (before.find('{') == std::string_view::npos) {
    if (!to_lower(text).starts_with(before)) return 0;
    first = before.size();
  } else {
    const std::size_t mark =
        before.ends_with('}') || !after.empty() ? std::string_view::npos : text.rfind(before.back());
    if (mark == std::string_view::npos) return 0;
    first = mark + 1;
  }
  const std::size_t end = std::min(text.find_first_not_of("0123456789", first), text.size());
  const bool ends_well = after.empty() ? end == text.size() : end < text.size() && text[end] == after.front();
  return ends_well ? parse_integer(text.substr(first, end - first)).value_or(0) : 0;
}

}  // namespace

struct Template::Facts {
  const Model& model;
  const ModelVersion& version;
  std::string stem;       // safe, perhaps empty
  std::string extension;  // safe, without its dot
  std::int64_t leaf_id;   // of the file, or of the model for its own JSON
  std::string stand_in;   // for a leaf without a name

  [[nodiscard]] std::string value(Placeholder placeholder, Place place) const {
    switch (placeholder) {
      case Placeholder::type: return slug_or(model.type, "unknown-type");
      case Placeholder::base_model: return slug_or(version.base_model, "unknown-base");
      case Placeholder::model_name: return slug_or(model.name, format("model-{}", model.id.value));
      case Placeholder::model_id: return format("{}", model.id.value);
      case Placeholder::version_name: return slug_or(version.name, format("version-{}", version.id.value));
      case Placeholder::version_id: return format("{}", version.id.value);
      case Placeholder::file_name:
        if (place == Place::leaf) return stem.empty() ? stand_in : stem;
        return slug_or(stem, stand_in);
      case Placeholder::file_name_slug: return slug_or(stem, stand_in);
      case Placeholder::file_id: return format("{}", leaf_id);
      case Placeholder::extension: return place == Place::leaf ? extension : slug_or(extension, "no-extension");
      case Placeholder::creator: return slug_or(model.creator, "unknown-creator");
    }
    return {};
  }

  [[nodiscard]] std::string fill(std::string_view component, Place place) const {
    std::string result;
    walk(
        component, [&](std::string_view literal) { result += literal; },
        [&](std::string_view name) {
          if (const auto placeholder = find_placeholder(name)) result += value(*placeholder, place);
        });
    return result;
  }
};

Result<Template> Template::parse(std::string_view text) {
  if (trim(text).empty()) return fail(ErrorKind::usage, "the path template is empty");
  if (text.ends_with('/')) return unfit(text, "ends with a folder", "its last part is the name of the file");
  auto components = parse_components(text, known_placeholders);
  if (!components) return fail(components.error());
  if (components->empty()) return unfit(text, "names no file");
  return Template(std::move(*components));
}

Path Template::expand(const Facts& facts) const {
  Path path;
  for (std::size_t i = 0; i + 1 < components_.size(); ++i) {
    const std::string folder =
        not_hidden(components_[i], facts.fill(components_[i], Place::folder), os::longest_component);
    path /= folder.empty() ? "unknown" : folder;
  }
  const std::string leaf = not_hidden(components_.back(), facts.fill(components_.back(), Place::leaf), longest_leaf);
  return path / without_remains_ending(leaf.empty() ? facts.stand_in : leaf);
}

ToldByPath Template::told_by(const Path& path) const {
  const std::vector<std::string> parts(path.begin(), path.end());
  ToldByPath told;
  if (parts.size() < components_.size()) return told;
  for (std::size_t i = 0; i < components_.size(); ++i) {
    const std::string& part = parts[parts.size() - components_.size() + i];
    const std::string component = to_lower(components_[i]);
    if (component == "{modelname}" || component == "{modelnameslug}") told.model_name = part;
    if (!told.model) told.model = {number_at(component, "{modelid}", part)};
  }
  return told;
}

Path Template::path_of_file(const Model& model, const ModelVersion& version, const ModelFile& file,
                            std::string_view file_name) const {
  std::string name = os::safe_component(file_name);
  if (name.empty()) name = os::safe_component(file.name);
  os::NameParts parts = os::split_extension(name);
  if (!parts.extension.empty()) parts.extension.erase(0, 1);
  return expand({.model = model,
                 .version = version,
                 .stem = std::move(parts.stem),
                 .extension = std::move(parts.extension),
                 .leaf_id = file.id.value,
                 .stand_in = format("file-{}", file.id.value)});
}

Path Template::path_of_model(const Model& model, const ModelVersion& version) const {
  const std::string stand_in = format("model-{}", model.id.value);
  return expand({.model = model,
                 .version = version,
                 .stem = slug_or(model.name, stand_in),
                 .extension = "json",
                 .leaf_id = model.id.value,
                 .stand_in = stand_in});
}

Path version_images_folder(const Model& model, const ModelVersion& version, const ModelFile& file) {
  constexpr std::string_view any_image = "{type}/{baseModel}/{modelName}/{versionID}-{fileNameSlug}/images/{fileID}";
  return Template::parse(any_image).value().path_of_file(model, version, file, file.name).parent_path();
}

Path model_images_folder(const Model& model, const ModelVersion& version) {
  return Template::parse("{type}/{baseModel}/{modelName}/images").value().path_of_model(model, version);
}

}  // namespace civitai::layout
