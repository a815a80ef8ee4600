// Running an image plan: many images at once, each fetched as a model file is (engine/transfer.hpp), looked at, named
// after what its bytes are, and remembered in the archive; flushed, named and recorded in groups.
//
// The plan may still grow while it runs: the first images are fetched while the site is asked for the next page of the
// list. An image's failure is a value in the report, never the end of the run. Only a stop request, a full disk, an
// untrusted peer and a storage that goes on refusing end it early; everything reached so far is kept. A crash between
// rename and record heals itself: the next plan finds the file under its name.
#pragma once

#include "engine/image_item.hpp"
#include "engine/image_plan.hpp"
#include "engine/tools.hpp"
#include "store/image_archive.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace civitai::engine {

struct ImageRunReport {
  std::vector<ImageReport> items;  // as the plan's items
  std::vector<Error> document_errors;
  std::vector<std::string> notices;
  int documents_written = 0;
  std::optional<Error> stopped_by;  // why the run ended before its last item

  [[nodiscard]] std::size_t count(ImageReport::Outcome outcome) const;
  [[nodiscard]] ByteCount bytes_saved() const;
};

struct ImageRunOptions {
  int concurrency = 16;
  ImageDocuments documents = ImageDocuments::none;  // the item's JSON as received, with its `page_url`, as "<id>.json"
};

// A run whose items are added one after the other, by one thread.
class ImageRun {
 public:
  // `archive` may be null: then nothing is remembered. `root` is the folder that all images go below.
  ImageRun(const ImageRunOptions& options, const Tools& tools, os::Path root, store::ImageArchive* archive,
           std::stop_token stop);
  ImageRun(const ImageRun&) = delete;
  ImageRun& operator=(const ImageRun&) = delete;
  // Without `finish`, what is under way is interrupted and kept for the next run.
  ~ImageRun();

  // Puts the item behind the others; it must outlive the run and stay where it is. false: the run has ended early.
  bool add(const ImageItem& item);
  // No more will come. Waits until all is done, or has ended early.
  [[nodiscard]] ImageRunReport finish();

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

// Writes the documents that those lack which were saved before (ImagePlan::bare).
void write_missing_documents(const ImagePlan& plan, os::FileSystem& files, ImageRunReport& report);

[[nodiscard]] ImageRunReport run_images(const ImagePlan& plan, const ImageRunOptions& options, const Tools& tools,
                                        store::ImageArchive* archive, const std::stop_token& stop);

}  // namespace civitai::engine
