#include "engine/image_plan.hpp"

#include "base/format.hpp"
#include "domain/media.hpp"

#include <array>
#include <utility>

namespace civitai::engine {
namespace {

bool is_media(const os::Path& path) {
  const auto size = os::file_size(path);
  if (!size || size->value == 0) return false;
  os::RealFileSystem files;
  const auto handle = files.open(path, os::OpenMode::read);
  if (!handle) return false;
  std::array<char, media_head> head{};
  const auto got = os::read_at(*handle, path, 0, std::as_writable_bytes(std::span(head)));
  return got && media_kind_of({head.data(), *got}, size->value);
}

os::Path stem_of(os::Path path) { return path.replace_extension(); }

}  // namespace

void add_to_plan(ImagePlan& plan, std::vector<FoundImage> found, const ImagePolicy& policy, const IsKnown& is_archived,
                 const FindMedia& find) {
  for (FoundImage& one : found) {
    if (is_archived(one.image.id)) {
      ++plan.archived;
      const auto path = policy.find_bare ? policy.find_bare(one.image.id) : std::nullopt;
      if (path) plan.bare.push_back({.found = std::move(one), .stem = stem_of(*path), .present = *path});
      continue;
    }
    os::Path stem = policy.root / policy.folder.folder_of(one.image) / format("{}", one.image.id.value);
    std::optional<os::Path> present = find(stem);
    plan.items.push_back({.found = std::move(one), .stem = std::move(stem), .present = std::move(present)});
  }
}

std::optional<os::Path> FindOnDisk::operator()(const os::Path& stem) {
  const auto [folder, fresh] = exists_.try_emplace(stem.parent_path(), false);
  std::error_code ignored;
  if (fresh) folder->second = std::filesystem::exists(folder->first, ignored);
  if (!folder->second) return std::nullopt;
  for (const std::string_view extension : media_extensions()) {
    os::Path path = stem;
    path += format(".{}", extension);
    if (is_media(path)) return path;
  }
  return std::nullopt;
}

bool lies_bare(const os::Path& image) {
  std::error_code ignored;
  os::Path document = stem_of(image);
  document += ".json";
  return std::filesystem::is_regular_file(image, ignored) &&
         !std::filesystem::exists(std::filesystem::symlink_status(document, ignored));
}

}  // namespace civitai::engine
