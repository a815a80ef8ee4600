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

}  // namespace

ImagePlan make_image_plan(ImageScan scan, const ImagePolicy& policy, const IsKnown& is_archived,
                          const FindMedia& find) {
  ImagePlan plan;
  plan.scan = std::move(scan.report);
  for (FoundImage& found : scan.images) {
    if (is_archived(found.image.id)) {
      ++plan.archived;
      continue;
    }
    os::Path stem = policy.root / policy.folder.folder_of(found.image) / format("{}", found.image.id.value);
    std::optional<os::Path> present = find(stem);
    plan.items.push_back({std::move(found), std::move(stem), std::move(present)});
  }
  return plan;
}

std::optional<os::Path> find_media(const os::Path& stem) {
  for (const std::string_view extension : media_extensions()) {
    os::Path path = stem;
    path += format(".{}", extension);
    if (is_media(path)) return path;
  }
  return std::nullopt;
}

}  // namespace civitai::engine
