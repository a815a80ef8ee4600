#include "engine/seed_places.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "layout/layout.hpp"
#include "os/safe_name.hpp"

#include <algorithm>

namespace civitai::engine {
namespace {

bool climbs(const os::Path& path) {
  return std::any_of(path.begin(), path.end(), [](const os::Path& part) { return part == ".."; });
}

// A name that is one component and nothing else.
bool is_plain_name(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos &&
         name.find('\0') == std::string::npos;
}

std::vector<std::string> names_of(const store::SeedRecord& record) {
  const std::string prefix = format("{}_", record.entry.version_id.value);
  const std::string& name = record.file_name;
  std::vector<std::string> names = {name};
  if (!name.starts_with(prefix)) names.push_back(prefix + name);
  names.push_back(prefix + prefix + (name.starts_with(prefix) ? name.substr(prefix.size()) : name));
  return names;
}

std::vector<os::Path> folders_of(const store::SeedRecord& record, std::span<const os::Path> roots) {
  const os::Path folder = record.folder;
  if (climbs(folder)) return {};
  const std::string stem = os::split_extension(record.entry.file_name).stem;
  const os::Path own = format("{}-{}", record.entry.version_id.value, layout::slug(stem));
  const std::vector<os::Path> absolute = {os::Path()};
  std::vector<os::Path> folders;
  for (const os::Path& root : folder.is_absolute() ? std::span<const os::Path>(absolute) : roots) {
    folders.push_back(root / folder / own);
    folders.push_back(root / folder);
  }
  return folders;
}

// The number that `text` starts with, where `mark` follows.
std::int64_t number_before(std::string_view text, char mark) {
  const std::size_t end = text.find_first_not_of("0123456789");
  if (end == 0 || end == std::string_view::npos || text[end] != mark) return 0;
  return parse_integer(text.substr(0, end)).value_or(0);
}

}  // namespace

std::vector<os::Path> seed_places(const store::SeedRecord& record, std::span<const os::Path> roots) {
  std::vector<os::Path> places;
  if (!is_plain_name(record.file_name)) return places;
  const std::vector<std::string> names = names_of(record);
  for (const os::Path& folder : folders_of(record, roots)) {
    for (const std::string& name : names) {
      os::Path place = (folder / name).lexically_normal();
      if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(std::move(place));
    }
  }
  return places;
}

VersionId version_in_path(const os::Path& path) {
  const std::int64_t by_name = number_before(path.filename().native(), '_');
  if (by_name != 0) return {by_name};
  return {number_before(path.parent_path().filename().native(), '-')};
}

}  // namespace civitai::engine
