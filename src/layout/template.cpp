#include "base/format.hpp"
#include "base/text.hpp"
#include "layout/layout.hpp"

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

std::optional<Placeholder> find_placeholder(std::string_view name) {
  const auto named = [&](const Row& row) { return equal_ignoring_case(row.name, name); };
  const auto found = std::find_if(placeholders.begin(), placeholders.end(), named);
  if (found != placeholders.end()) return found->placeholder;
  const auto alias = std::find_if(aliases.begin(), aliases.end(), named);
  if (alias != aliases.end()) return alias->placeholder;
  return std::nullopt;
}

// Calls `literal` and `placeholder` with the parts of a component in order; false where the braces do not match.
template <class Literal, class Name>
bool walk(std::string_view component, Literal literal, Name placeholder) {
  while (!component.empty()) {
    const std::size_t open = component.find_first_of("{}");
    literal(component.substr(0, open));
    if (open == std::string_view::npos) return true;
    const std::size_t close = component.find_first_of("{}", open + 1);
    if (component[open] == '}' || close == std::string_view::npos || component[close] == '{') return false;
    placeholder(component.substr(open + 1, close - open - 1));
    component.remove_prefix(close + 1);
  }
  return true;
}

tl::unexpected<Error> unfit(std::string_view text, std::string_view why, std::string hint = {}) {
  return fail(ErrorKind::usage, format("the path template '{}' {}", printable(text), why), std::move(hint));
}

std::string known_placeholders() {
  std::string list;
  for (const Row& row : placeholders) list += format("{}{{{}}}", list.empty() ? "" : ", ", row.name);
  return list;
}

tl::unexpected<Error> unknown_placeholder(std::string_view text, std::string_view name) {
  std::array<std::string_view, placeholders.size()> names;
  std::transform(placeholders.begin(), placeholders.end(), names.begin(), [](const Row& row) { return row.name; });
  const auto near = nearest(name, names, 1);
  const std::string guess = near.empty() ? std::string() : format("did you mean {{{}}}? ", near[0]);
  return unfit(text, format("has the unknown placeholder '{{{}}}'", printable(name)),
               format("{}known placeholders: {}", guess, known_placeholders()));
}

Status check_component(std::string_view text, std::string_view component) {
  std::string sample;
  std::optional<std::string> unknown;
  const bool matched = walk(
      component, [&](std::string_view literal) { sample += literal; },
      [&](std::string_view name) {
        if (!unknown && !find_placeholder(name)) unknown = std::string(name);
        sample += 'x';
      });
  if (!matched) return unfit(text, "has braces that do not match");
  if (unknown) return unknown_placeholder(text, *unknown);
  if (os::safe_component(sample).empty())
    return unfit(text, format("has the component '{}', which is no name", component));
  return {};
}

// The slug, or the stand-in where nothing that could be read is left of the text.
std::string slug_or(std::string_view text, const std::string& stand_in) {
  std::string result = slug(text);
  const bool readable = result.find_first_not_of("._-") != std::string::npos;
  return readable ? result : stand_in;
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
  if (text.starts_with('/')) return unfit(text, "is absolute", "paths are made below the save path");
  if (text.ends_with('/')) return unfit(text, "ends with a folder", "its last part is the name of the file");
  if (text.find('\\') != std::string_view::npos) return unfit(text, "has a backslash", "separate folders by '/'");
  std::vector<std::string> components;
  for (std::string& component : split(text, '/')) {
    if (component.empty() || component == ".") continue;
    if (component == "..") return unfit(text, "leaves its folder by '..'", "paths are made below the save path");
    if (const Status checked = check_component(text, component); !checked) return fail(checked.error());
    components.push_back(std::move(component));
  }
  if (components.empty()) return unfit(text, "names no file");
  return Template(std::move(components));
}

namespace {

// A safe component that does not vanish from listings, unless the template itself begins it with a dot.
std::string not_hidden(std::string_view component, std::string_view filled, std::size_t limit) {
  std::string name = os::safe_component(filled, limit);
  const bool by_accident = name.starts_with('.') && !component.starts_with('.');
  return by_accident ? os::safe_component("_" + name, limit) : name;
}

}  // namespace

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

}  // namespace civitai::layout
