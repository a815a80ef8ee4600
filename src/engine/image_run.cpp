#include "engine/image_run.hpp"

#include "base/format.hpp"
#include "base/guarded.hpp"
#include "engine/image_placing.hpp"

#include <algorithm>
#include <numeric>
#include <thread>
#include <utility>

namespace civitai::engine {
namespace {

// Each that waits holds a file open.
constexpr std::size_t most_waiting = 256;

// Written and flushed together, each from memory.
constexpr std::size_t image_documents_at_once = 64;

void note_document(ImageRunReport& report, const ImageItem& item, const Result<DocumentFate>& fate) {
  if (!fate) {
    report.document_errors.push_back(fate.error());
  } else if (*fate == DocumentFate::written) {
    ++report.documents_written;
  } else if (*fate == DocumentFate::kept_foreign) {
    report.notices.push_back(format("{}.json: kept, it is not the document of this image", item.stem.string()));
  }
}

}  // namespace

class ImageRun::Implementation {
 public:
  Implementation(const ImageRunOptions& options, const Tools& tools, os::Path root, store::ImageArchive* archive,
                 std::stop_token stop)
      : most_workers_(static_cast<std::size_t>(std::max(options.concurrency, 1))),
        tools_(tools),
        folders_(tools.files, std::move(root)),
        shop_{tools_, folders_, options.documents, archive},
        outside_(std::move(stop)),
        forward_(outside_, [this] { inside_.request_stop(); }),
        placer_([this] { place_arrived(); }) {}

  Implementation(const Implementation&) = delete;
  Implementation& operator=(const Implementation&) = delete;

  ~Implementation() {
    inside_.request_stop();
    join();
  }

  bool add(const ImageItem& item) {
    if (inside_.stop_requested()) return false;
    report_.with([](ImageRunReport& report) { report.items.emplace_back(); });
    wanted_.with([&](Wanted& wanted) { wanted.items.push_back(&item); });
    if (workers_.size() < most_workers_) workers_.emplace_back([this] { work(); });
    return true;
  }

  ImageRunReport finish() {
    wanted_.with([](Wanted& wanted) { wanted.closed = true; });
    join();
    if (outside_.stop_requested()) end_run(Error{ErrorKind::cancelled, "interrupted", {}});
    return report_.with([](ImageRunReport& report) { return std::move(report); });
  }

 private:
  struct Wanted {
    std::vector<const ImageItem*> items;
    std::size_t taken = 0;
    bool closed = false;
  };
  struct Taken {
    std::size_t index = 0;
    const ImageItem* item = nullptr;
  };
  // Images that wait to be placed.
  struct Arrived {
    std::vector<ArrivedImage> waiting;
    bool closed = false;
  };

  void join() {
    workers_.clear();
    arrived_.with([](Arrived& arrived) { arrived.closed = true; });
    if (placer_.joinable()) placer_.join();
  }

  void work() {
    while (const auto taken = take()) {
      auto brought = bring(*taken);
      if (!brought) {
        failed(taken->index, brought.error());
        continue;
      }
      arrived_.wait({}, [](const Arrived& arrived) { return arrived.waiting.size() < most_waiting; });
      arrived_.with([&](Arrived& arrived) { arrived.waiting.push_back(std::move(*brought)); });
    }
  }

  std::optional<Taken> take() {
    std::optional<Taken> taken;
    static_cast<void>(wanted_.wait(inside_.get_token(), [&](Wanted& wanted) {
      const bool more = wanted.taken < wanted.items.size() && !inside_.stop_requested();
      if (more) taken = Taken{wanted.taken, wanted.items[wanted.taken]};
      if (more) ++wanted.taken;
      return more || wanted.closed;
    }));
    return taken;
  }

  Result<ArrivedImage> bring(const Taken& taken) {
    if (auto status = folders_.make(taken.item->stem.parent_path()); !status) return fail(status.error());
    return bring_image(*taken.item, taken.index, tools_, inside_.get_token());
  }

  // Takes whatever has arrived while the group before it was placed: the slower the disk, the larger the groups. Goes
  // on after a stop until nothing waits: what is here is kept.
  void place_arrived() {
    for (;;) {
      arrived_.wait({}, [](const Arrived& arrived) { return !arrived.waiting.empty() || arrived.closed; });
      auto group = arrived_.with([](Arrived& arrived) { return std::exchange(arrived.waiting, {}); });
      if (group.empty()) return;
      std::vector<Taken> who;
      who.reserve(group.size());
      for (const ArrivedImage& one : group) who.push_back({one.index, one.item});
      auto placed = place_images(shop_, std::move(group));
      for (std::size_t i = 0; i < who.size(); ++i) finish(who[i], std::move(placed[i]));
    }
  }

  void finish(const Taken& image, PlacedImage placed) {
    if (placed.document) note(*image.item, *placed.document);
    if (placed.report.error) return failed(image.index, *placed.report.error);
    tools_.observer.on_done(image.index);
    report_.with([&](ImageRunReport& report) { report.items[image.index] = std::move(placed.report); });
  }

  void note(const ImageItem& item, const Result<DocumentFate>& fate) {
    report_.with([&](ImageRunReport& report) { note_document(report, item, fate); });
    if (!fate && fate.error().kind == ErrorKind::disk_full) end_run(fate.error());
  }

  void failed(std::size_t index, const Error& error) {
    const bool stopped = error.kind == ErrorKind::cancelled;
    ImageReport item{.outcome = stopped ? ImageReport::Outcome::interrupted : ImageReport::Outcome::failed};
    const ImageItem* const image = wanted_.read([&](const Wanted& wanted) { return wanted.items[index]; });
    item.error = error.with_context(format("image {}", image->found.image.id.value));
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

  std::size_t most_workers_;
  const Tools tools_;
  os::Folders folders_;
  ImageShop shop_;
  std::stop_token outside_;
  std::stop_source inside_;
  Guarded<Wanted> wanted_;
  Guarded<Arrived> arrived_;
  Guarded<ImageRunReport> report_;
  std::stop_callback<std::function<void()>> forward_;
  std::vector<std::jthread> workers_;
  std::jthread placer_;
};

ImageRun::ImageRun(const ImageRunOptions& options, const Tools& tools, os::Path root, store::ImageArchive* archive,
                   std::stop_token stop)
    : implementation_(std::make_unique<Implementation>(options, tools, std::move(root), archive, std::move(stop))) {}

ImageRun::~ImageRun() = default;

bool ImageRun::add(const ImageItem& item) { return implementation_->add(item); }

ImageRunReport ImageRun::finish() { return implementation_->finish(); }

std::size_t ImageRunReport::count(ImageReport::Outcome outcome) const {
  return static_cast<std::size_t>(
      std::count_if(items.begin(), items.end(), [&](const ImageReport& item) { return item.outcome == outcome; }));
}

ByteCount ImageRunReport::bytes_saved() const {
  return std::accumulate(items.begin(), items.end(), ByteCount{}, [](ByteCount sum, const ImageReport& item) {
    return item.outcome == ImageReport::Outcome::saved ? sum + item.size : sum;
  });
}

void write_missing_documents(const ImagePlan& plan, os::FileSystem& files, ImageRunReport& report) {
  std::vector<const ImageItem*> items;
  const auto write = [&] {
    const auto fates = write_image_documents(items, files);
    for (std::size_t i = 0; i < items.size(); ++i) note_document(report, *items[i], fates[i]);
    items.clear();
  };
  for (const ImageItem& item : plan.bare) {
    items.push_back(&item);
    if (items.size() == image_documents_at_once) write();
  }
  if (!items.empty()) write();
}

ImageRunReport run_images(const ImagePlan& plan, const ImageRunOptions& options, const Tools& tools,
                          store::ImageArchive* archive, const std::stop_token& stop) {
  ImageRun run(options, tools, plan.root, archive, stop);
  for (const ImageItem& item : plan.items) {
    if (!run.add(item)) break;
  }
  ImageRunReport report = run.finish();
  report.items.resize(plan.items.size());
  return report;
}

}  // namespace civitai::engine
