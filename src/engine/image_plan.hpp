// The plan for images: which of those that were found are fetched, and where they go. Made by a pure function.
//
// An image is named by its id; its extension is told by its bytes once they are here. It is fetched once in its life:
// what the archive knows is here, wherever it was moved to, and so is a file that has the name already.
#pragma once

#include "engine/image_scan.hpp"
#include "layout/image_template.hpp"
#include "os/file.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace civitai::engine {

struct ImageItem {
  FoundImage found;
  os::Path stem;                         // absolute, without extension: "…/someone/pony/12345"
  std::optional<os::Path> present;       // lies there under one of the extensions, not yet in the archive
  std::optional<os::Path> copy_of = {};  // lies here already, in another place: copied rather than fetched
};

struct ImagePlan {
  os::Path root;                // absolute; all items lie below it
  std::deque<ImageItem> items;  // stay where they are while more are added
  int archived = 0;             // wanted, but saved before
  std::deque<ImageItem> bare;   // of those, the ones that lie at `present` without the document that is wanted
  ImageScanReport scan;
};

// Where an image lies that was saved before and lacks its document.
using FindBare = std::function<std::optional<os::Path>(ImageId)>;

struct ImagePolicy {
  os::Path root;  // absolute
  layout::ImageTemplate folder;
  FindBare find_bare = {};  // empty: no documents are wanted
};

// How the plan looks at the disk: the file that has this stem and an extension of pictures, videos or sounds.
using FindMedia = std::function<std::optional<os::Path>(const os::Path& stem)>;

// Adds what was found to the plan, in its order.
void add_to_plan(ImagePlan& plan, std::vector<FoundImage> found, const ImagePolicy& policy, const IsKnown& is_archived,
                 const FindMedia& find);

// Whether this file is there and no document is beside it.
[[nodiscard]] bool lies_bare(const os::Path& image);

// FindMedia on the real disk. Files that are not what their name says count as none, and a folder that was missing when
// it was first looked into counts as empty from then on: what a run puts there is looked for nowhere but in its plan.
class FindOnDisk {
 public:
  std::optional<os::Path> operator()(const os::Path& stem);

 private:
  std::map<os::Path, bool> exists_;
};

}  // namespace civitai::engine
