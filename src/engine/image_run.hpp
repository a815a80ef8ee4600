// Running an image plan: many images at once, each fetched as a model file is (engine/transfer.hpp), looked at, named
// after what its bytes are, and remembered in the archive.
//
// An image's failure is a value in the report, never the end of the run. Only a stop request, a full disk and a
// storage that goes on refusing end it early; everything reached so far is kept. A crash between rename and record
// heals itself: the next plan finds the file under its name.
#pragma once

#include "engine/image_plan.hpp"
#include "engine/tools.hpp"
#include "store/image_archive.hpp"

#include <optional>
#include <string>
#include <vector>

namespace civitai::engine {

struct ImageReport {
  enum class Outcome { not_started, saved, adopted, failed, interrupted };
  Outcome outcome = Outcome::not_started;
  os::Path path = {};  // where it lies, for saved and adopted
  ByteCount size = {};
  std::optional<Error> error = {};
};

struct ImageRunReport {
  std::vector<ImageReport> items;  // as the plan's items
  std::vector<Error> document_errors;
  std::vector<std::string> notices;
  int documents_written = 0;
  std::optional<Error> stopped_by;  // why the run ended before its last item

  [[nodiscard]] std::size_t count(ImageReport::Outcome outcome) const;
  [[nodiscard]] ByteCount bytes_saved() const;
};

enum class ImageDocuments { none, beside };

struct ImageRunOptions {
  int concurrency = 16;
  ImageDocuments documents = ImageDocuments::none;  // the item's JSON as received, with its `page_url`, as "<id>.json"
};

// `archive` may be null: then nothing is remembered.
[[nodiscard]] ImageRunReport run_images(const ImagePlan& plan, const ImageRunOptions& options, const Tools& tools,
                                        store::ImageArchive* archive, const std::stop_token& stop);

}  // namespace civitai::engine
