// Making images visible and remembered: flush, rename, flush the folders, write their documents, record. For a whole
// group of them step by step, as for models (engine/placing.hpp).
#pragma once

#include "engine/image_item.hpp"
#include "engine/tools.hpp"
#include "os/folders.hpp"
#include "store/image_archive.hpp"

#include <vector>

namespace civitai::engine {

// What the images of a run share. Safe to use from several threads.
struct ImageShop {
  const Tools& tools;
  os::Folders& folders;
  ImageDocuments documents = ImageDocuments::none;
  store::ImageArchive* archive = nullptr;  // null: nothing is remembered
};

struct PlacedImage {
  ImageReport report;
  std::optional<Result<DocumentFate>> document = {};
};

// In the order of `group`. Trouble with one image is that image's alone.
[[nodiscard]] std::vector<PlacedImage> place_images(const ImageShop& shop, std::vector<ArrivedImage> group);

}  // namespace civitai::engine
