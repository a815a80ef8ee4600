#include "engine/image_run.hpp"

#include "base/format.hpp"
#include "base/guarded.hpp"
#include "engine/image_item.hpp"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <thread>
#include <utility>

namespace civitai::engine {
namespace {

class ImageRunner {
 public:
  ImageRunner(const ImagePlan& plan, const ImageRunOptions& options, const Tools& tools, store::ImageArchive* archive,
              std::stop_token stop)
      : plan_(plan), options_(options), tools_(tools), archive_(archive), outside_(std::move(stop)) {
    report_.with([&](ImageRunReport& report) { report.items.resize(plan.items.size()); });
  }

  ImageRunReport run() {
    const std::stop_callback forward(outside_, [this] { inside_.request_stop(); });
    {
      std::vector<std::jthread> workers;
      const auto most = static_cast<std::size_t>(std::max(options_.concurrency, 1));
      for (std::size_t i = 0; i < std::min(most, plan_.items.size()); ++i) workers.emplace_back([this] { work(); });
    }
    if (outside_.stop_requested()) end_run(Error{ErrorKind::cancelled, "interrupted", {}});
    return report_.with([](ImageRunReport& report) { return std::move(report); });
  }

 private:
  void work() {
    while (!inside_.stop_requested()) {
      const std::size_t index = next_.fetch_add(1);
      if (index >= plan_.items.size()) return;
      auto brought = bring_image(plan_.items[index], index, tools_, inside_.get_token());
      if (!brought) {
        failed(index, brought.error());
        continue;
      }
      if (options_.documents == ImageDocuments::beside) write_document(plan_.items[index]);
      remember(index, std::move(*brought));
    }
  }

  void failed(std::size_t index, const Error& error) {
    const bool stopped = error.kind == ErrorKind::cancelled;
    ImageReport item{.outcome = stopped ? ImageReport::Outcome::interrupted : ImageReport::Outcome::failed};
    item.error = error.with_context(format("image {}", plan_.items[index].found.image.id.value));
    const bool others_fare_no_better = error.kind == ErrorKind::disk_full || error.kind == ErrorKind::insecure ||
                                       error.kind == ErrorKind::rate_limited;
    if (others_fare_no_better) end_run(error);
    tools_.observer.on_failed(index, *item.error);
    report_.with([&](ImageRunReport& report) { report.items[index] = std::move(item); });
  }

  void end_run(const Error& why) {
    report_.with([&](ImageRunReport& report) {
      if (!report.stopped_by) report.stopped_by = why;
    });
    inside_.request_stop();
  }

  void write_document(const ImageItem& item) {
    const auto fate = write_image_document(item, tools_.files);
    report_.with([&](ImageRunReport& report) {
      if (!fate) {
        report.document_errors.push_back(fate.error());
      } else if (*fate == DocumentFate::written) {
        ++report.documents_written;
      } else if (*fate == DocumentFate::kept_foreign) {
        report.notices.push_back(format("{}.json: kept, it is not the document of this image", item.stem.string()));
      }
    });
    if (!fate && fate.error().kind == ErrorKind::disk_full) end_run(fate.error());
  }

  // Whoever comes first records for all who come while the library is busy: one commit for many small files.
  void remember(std::size_t index, ImageReport item) {
    bool records = false;
    waiting_.with([&](Waiting& waiting) {
      waiting.rows.push_back(archived(index, item));
      waiting.reports.emplace_back(index, std::move(item));
      records = !std::exchange(waiting.busy, true);
    });
    while (records) records = record_waiting();
  }

  store::ArchivedImage archived(std::size_t index, const ImageReport& item) const {
    const FoundImage& found = plan_.items[index].found;
    return {.image = found.image, .path = item.path, .size = item.size, .document = {found.document}};
  }

  struct Waiting {
    std::vector<store::ArchivedImage> rows;
    std::vector<std::pair<std::size_t, ImageReport>> reports;
    bool busy = false;
  };

  // false: nobody was waiting any more.
  bool record_waiting() {
    Waiting taken;
    waiting_.with([&](Waiting& waiting) {
      taken.rows.swap(waiting.rows);
      taken.reports.swap(waiting.reports);
      if (taken.rows.empty()) waiting.busy = false;
    });
    if (taken.rows.empty()) return false;
    const Status status = archive_ != nullptr ? archive_->record(taken.rows) : Status{};
    for (auto& [index, item] : taken.reports) finish(index, std::move(item), status);
    return true;
  }

  void finish(std::size_t index, ImageReport item, const Status& recorded) {
    if (!recorded) return failed(index, recorded.error());
    tools_.observer.on_done(index);
    report_.with([&](ImageRunReport& report) { report.items[index] = std::move(item); });
  }

  const ImagePlan& plan_;
  const ImageRunOptions& options_;
  const Tools& tools_;
  store::ImageArchive* archive_;
  std::stop_token outside_;
  std::stop_source inside_;
  std::atomic<std::size_t> next_{0};
  Guarded<Waiting> waiting_;
  Guarded<ImageRunReport> report_;
};

}  // namespace

std::size_t ImageRunReport::count(ImageReport::Outcome outcome) const {
  return static_cast<std::size_t>(
      std::count_if(items.begin(), items.end(), [&](const ImageReport& item) { return item.outcome == outcome; }));
}

ByteCount ImageRunReport::bytes_saved() const {
  return std::accumulate(items.begin(), items.end(), ByteCount{}, [](ByteCount sum, const ImageReport& item) {
    return item.outcome == ImageReport::Outcome::saved ? sum + item.size : sum;
  });
}

ImageRunReport run_images(const ImagePlan& plan, const ImageRunOptions& options, const Tools& tools,
                          store::ImageArchive* archive, const std::stop_token& stop) {
  return ImageRunner(plan, options, tools, archive, stop).run();
}

}  // namespace civitai::engine
