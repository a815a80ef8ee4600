// Which file of the site a file on the disk is: by content first, then by what its path tells. Pure.
#pragma once

#include "domain/model.hpp"
#include "os/file.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace civitai::engine {

// A file of the site; views into the models that it was found in.
struct SiteFile {
  const Model* model = nullptr;
  const ModelVersion* version = nullptr;
  const ModelFile* file = nullptr;
};

class HashMatches {
 public:
  // The models must outlive this.
  void add(const Model& model);
  [[nodiscard]] bool knows(std::string_view sha256) const;
  // The one that folder or name tell of; then the one of the same name; then that of the lowest version id. All null
  // when none has this content.
  [[nodiscard]] SiteFile best(const std::string& sha256, const os::Path& path) const;
  [[nodiscard]] bool has_version(const std::string& sha256, VersionId version) const;

 private:
  std::unordered_map<std::string, std::vector<SiteFile>> files_;
};

}  // namespace civitai::engine
