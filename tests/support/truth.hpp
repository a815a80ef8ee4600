// What the files of a stand-in site really are: every content that a file ever had while the test ran.
#pragma once

#include "domain/ids.hpp"
#include "hash/hasher.hpp"
#include "os/file.hpp"
#include "site/site.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <string>

namespace civitai::test {

inline std::string content_of(const os::Path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline hash::Digests digests_of(const std::string& content) {
  hash::Hasher hasher(hash::Kinds::sha256 | hash::Kinds::blake3);
  hasher.update(std::as_bytes(std::span(content)));
  return hasher.finish();
}

class Truth {
 public:
  // Adds what the site's files are now.
  void learn(const standin::Site& site) {
    site.look([&](const standin::Catalogue& catalogue) {
      for (const standin::Model& model : catalogue.models()) {
        for (const standin::Version& version : model.versions) {
          for (const standin::File& file : version.files) learn(file);
        }
      }
    });
  }

  [[nodiscard]] bool is_content_of(FileId file, const std::string& sha256) const {
    const auto found = sums_.find(file.value);
    return found != sums_.end() && found->second.contains(sha256);
  }
  [[nodiscard]] bool is_content_of_any(const std::string& sha256) const {
    return std::any_of(sums_.begin(), sums_.end(), [&](const auto& one) { return one.second.contains(sha256); });
  }

 private:
  void learn(const standin::File& file) {
    std::string& known = learnt_[file.bytes().key()];
    if (known.empty()) known = digests_of(file.bytes().text()).sha256;
    sums_[file.id].insert(known);
  }

  std::map<std::string, std::string> learnt_;                // by the key of the content
  std::map<std::int64_t, std::set<std::string>> sums_ = {};  // by file id
};

}  // namespace civitai::test
