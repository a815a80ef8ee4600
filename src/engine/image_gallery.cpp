#include "engine/image_gallery.hpp"

#include "api/documents.hpp"
#include "api/urls.hpp"
#include "base/format.hpp"
#include "base/time.hpp"
#include "engine/image_scan.hpp"
#include "os/publish.hpp"
#include "sidecar/gallery.hpp"
#include "store/gzip.hpp"
#include "store/image_archive.hpp"

#include <utility>

namespace civitai::engine {
namespace {

constexpr std::size_t largest_page = 1UL << 30;

bool is_moving_name(const os::Path& path) {
  const std::string extension = path.extension().string();
  return extension == ".mp4" || extension == ".webm";
}

sidecar::GalleryEntry entry_of(const os::Path& folder, const store::ArchivedImage& row) {
  const Image& image = row.image;
  sidecar::GalleryEntry entry;
  entry.id = image.id;
  entry.relative_path = row.path.lexically_relative(folder).generic_string();
  entry.moving = is_moving_name(row.path);
  entry.username = image.username;
  entry.base_model = image.base_model;
  entry.level = image.level;
  entry.created_at = image.created_at ? to_iso8601(*image.created_at) : "";
  entry.page_url = api::image_page_url(image.id);
  if (const auto raw = store::decompress(row.document.gzip, store::largest_image_document)) {
    api::GenerationData data = api::read_generation_data(*raw);
    entry.prompt = std::move(data.prompt);
    entry.negative_prompt = std::move(data.negative_prompt);
    entry.settings = std::move(data.settings);
  }
  return entry;
}

Status check_replaceable(const os::Path& page) {
  std::error_code ignored;
  if (!std::filesystem::exists(std::filesystem::symlink_status(page, ignored))) return {};
  const auto present = os::read_text(page, ByteCount{largest_page});
  if (present && sidecar::is_gallery_page(*present)) return {};
  return fail(ErrorKind::io, format("{} is there and was not made by --gallery", page.string()),
              "move it away, or save the images elsewhere");
}

}  // namespace

Status write_gallery(const os::Path& folder, std::span<const store::ArchivedImage> images, os::FileSystem& files) {
  const os::Path page = folder / gallery_name;
  if (auto status = check_replaceable(page); !status) return status;
  std::vector<sidecar::GalleryEntry> entries;
  for (const store::ArchivedImage& row : images) {
    if (os::file_size(row.path)) entries.push_back(entry_of(folder, row));
  }
  return os::publish_text(files, page, sidecar::gallery_page(entries));
}

}  // namespace civitai::engine
