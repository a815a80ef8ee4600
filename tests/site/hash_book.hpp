// The true digests of contents, computed when first asked for and kept. Safe to use from several threads; two that ask
// for the same content wait for one computation.
#pragma once

#include "base/guarded.hpp"
#include "hash/hasher.hpp"
#include "site/offer.hpp"

#include <future>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace standin {

class HashBook {
 public:
  [[nodiscard]] civitai::hash::Digests digests(const Content& content, civitai::hash::Kinds kinds);

  // What the site publishes for a file: names as the site spells them, in its order; wrong where the file says so.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> published(const File& file);

 private:
  using Shared = std::shared_future<civitai::hash::Digests>;
  civitai::Guarded<std::map<std::string, Shared>> known_;
};

}  // namespace standin
