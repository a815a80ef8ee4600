// The scan for images: from a query to the list of images that are wanted, each once.
#pragma once

#include "api/client.hpp"
#include "engine/observer.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace civitai::engine {

struct FoundImage {
  Image image;           // `raw` is empty
  std::string document;  // its JSON as received, gzip-compressed
};

struct ImageScanReport {
  int pages = 0;
  int seen = 0;    // images listed, each once
  int hidden = 0;  // of those, by level, media type or base model: the site lists more than was asked for
  bool limit_reached = false;
  bool max_pages_reached = false;
  bool gave_up = false;              // a list went in circles or led astray, the rest of it was not seen
  bool known_reached = false;        // stopped at an image that is here already
  std::vector<std::string> notices;  // gaps and other reasons for doubt
  std::optional<Error> trouble;      // what ended the scan early; what was found before is kept
};

struct ImageScan {
  std::vector<FoundImage> images;
  ImageScanReport report;
};

using IsKnown = std::function<bool(ImageId)>;
// Takes what a page has brought of wanted images; false: no more is wanted.
using TakeImages = std::function<bool(std::vector<FoundImage> found)>;

// Asks the site for the images of the query and hands them over page by page. The gallery of a model is walked version
// by version: as a whole the site loses items of it and breaks off without a word. Fails as a whole only when the first
// request fails for good or it is stopped.
[[nodiscard]] Result<ImageScanReport> scan_images(const ImageQuery& query, api::Client& client, const IsKnown& is_known,
                                                  Observer& observer, const TakeImages& take,
                                                  const std::stop_token& stop);
// As that, all of them at the end.
[[nodiscard]] Result<ImageScan> scan_images(const ImageQuery& query, api::Client& client, const IsKnown& is_known,
                                            Observer& observer, const std::stop_token& stop);

}  // namespace civitai::engine
