// The plan for images: which of those that were found are fetched, and where they go. Made by a pure function.
//
// An image is named by its id; its extension is told by its bytes once they are here. It is fetched once in its life:
// what the archive knows is here, wherever it was moved to, and so is a file that has the name already.
#pragma once

#include "engine/image_scan.hpp"
#include "layout/image_template.hpp"
#include "os/file.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace civitai::engine {

struct ImageItem {
  FoundImage found;
  os::Path stem;                    // absolute, without extension: "…/someone/pony/12345"
  std::optional<os::Path> present;  // lies there under one of the extensions, not yet in the archive
};

struct ImagePlan {
  std::vector<ImageItem> items;
  int archived = 0;  // wanted, but saved before
  ImageScanReport scan;
};

struct ImagePolicy {
  os::Path root;  // absolute
  layout::ImageTemplate folder;
};

// How the plan looks at the disk: the file that has this stem and an extension of pictures, videos or sounds.
using FindMedia = std::function<std::optional<os::Path>(const os::Path& stem)>;

[[nodiscard]] ImagePlan make_image_plan(ImageScan scan, const ImagePolicy& policy, const IsKnown& is_archived,
                                        const FindMedia& find);

// FindMedia on the real disk. Files that are not what their name says count as none.
[[nodiscard]] std::optional<os::Path> find_media(const os::Path& stem);

}  // namespace civitai::engine
