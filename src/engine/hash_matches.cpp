#include "engine/hash_matches.hpp"

#include "base/text.hpp"
#include "engine/seed_places.hpp"

#include <algorithm>
#include <tuple>

namespace civitai::engine {
namespace {

// Whether the disk's name is the site's, perhaps with an id before it.
bool is_named(const os::Path& path, const std::string& name) {
  return !name.empty() && to_lower(path.filename().native()).ends_with(to_lower(name));
}

}  // namespace

void HashMatches::add(const Model& model) {
  for (const ModelVersion& version : model.versions) {
    for (const ModelFile& file : version.files) {
      if (file.hashes.has(HashKind::sha256)) {
        files_[file.hashes.get(HashKind::sha256)].push_back({&model, &version, &file});
      }
    }
  }
}

bool HashMatches::knows(std::string_view sha256) const { return files_.contains(std::string(sha256)); }

bool HashMatches::has_version(const std::string& sha256, VersionId version) const {
  const auto found = files_.find(sha256);
  return found != files_.end() && std::any_of(found->second.begin(), found->second.end(),
                                              [&](const SiteFile& file) { return file.version->id == version; });
}

SiteFile HashMatches::best(const std::string& sha256, const os::Path& path) const {
  const auto found = files_.find(sha256);
  if (found == files_.end()) return {};
  const VersionId told = version_in_path(path);
  const auto rank = [&](const SiteFile& one) {
    return std::tuple(one.version->id != told, !is_named(path, one.file->name), one.version->id, one.file->id);
  };
  return *std::min_element(found->second.begin(), found->second.end(),
                           [&](const SiteFile& a, const SiteFile& b) { return rank(a) < rank(b); });
}

}  // namespace civitai::engine
