#include "site/world.hpp"

#include "base/format.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <utility>

namespace standin {

World::World(Options options, Catalogue catalogue)
    : catalogue_(std::move(catalogue)), options_(std::make_shared<const Options>(std::move(options))) {}

std::shared_ptr<const Options> World::options() const {
  return options_.read([](const auto& options) { return options; });
}

void World::change_options(const std::function<void(Options&)>& change) {
  options_.with([&](auto& options) {
    Options changed = *options;
    change(changed);
    options = std::make_shared<const Options>(std::move(changed));
  });
}

void World::change(const std::function<void(Catalogue&)>& change) {
  const std::unique_lock lock(catalogue_mutex_);
  change(catalogue_);
  catalogue_.refresh();
  hash_index_.with([](auto& index) { index.reset(); });
}

std::shared_ptr<const World::HashIndex> World::hash_index(const Catalogue& catalogue) {
  return hash_index_.with([&](auto& index) {
    if (index) return index;
    HashIndex made;
    std::vector<std::pair<std::string, const File*>> files;  // with the date of their version
    for (const Model& model : catalogue.models()) {
      for (const Version& version : model.versions) {
        for (const File& file : version.files) files.emplace_back(version.published_at, &file);
      }
    }
    std::stable_sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [date, file] : files) {
      for (const auto& [name, value] : hashes.published(*file)) made[civitai::to_upper(value)].push_back(file->id);
    }
    index = std::make_shared<const HashIndex>(std::move(made));
    return index;
  });
}

std::vector<std::int64_t> World::files_with_hash(const Catalogue& catalogue, const std::string& hash) {
  const auto index = hash_index(catalogue);
  const auto found = index->find(hash);
  return found == index->end() ? std::vector<std::int64_t>{} : found->second;
}

civitai::SystemTime World::now() const {
  const auto real = std::chrono::floor<civitai::Milliseconds>(std::chrono::system_clock::now());
  return real + civitai::Milliseconds(ahead_.load());
}

std::uint64_t World::count_link(const std::string& who) {
  return links_given_.with([&](auto& given) { return ++given[who]; });
}

std::uint64_t World::links_given(const std::string& who) const {
  return links_given_.read([&](const auto& given) {
    const auto found = given.find(who);
    return found == given.end() ? 0 : found->second;
  });
}

std::string World::next_ray() { return civitai::format("{:016x}-AMS", 0x8f00a1b2c3d40000 + ++rays_); }

std::string http_date(civitai::SystemTime time) {
  // fmt would print a time point in the local zone.
  return civitai::format("{:%a, %d %b %Y %H:%M:%S GMT}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

}  // namespace standin
