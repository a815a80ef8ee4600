// The contact sheet of a folder of images: made of what the archive knows, written as one page.
#pragma once

#include "os/file.hpp"
#include "store/image_archive.hpp"

#include <span>

namespace civitai::engine {

inline constexpr std::string_view gallery_name = "index.html";

// Writes the page of these images, as far as their files are there, into the folder, replacing an earlier one
// atomically. A file of that name that is no such page is an error of kind io and stays.
[[nodiscard]] Status write_gallery(const os::Path& folder, std::span<const store::ArchivedImage> images,
                                   os::FileSystem& files);

}  // namespace civitai::engine
