#include "engine/image_placing.hpp"

#include "base/format.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace civitai::engine {
namespace {

// Written and flushed together, each from memory.
constexpr std::size_t documents_at_once = 64;

// An image on its way through the steps. Once `status` is an error the further steps leave it alone.
struct Placement {
  ArrivedImage arrived;
  ImageReport::Outcome outcome = ImageReport::Outcome::saved;
  Status status = {};
  std::optional<Result<DocumentFate>> document = {};
};

class Group {
 public:
  Group(const ImageShop& shop, std::vector<ArrivedImage> group) : shop_(shop), tools_(shop.tools) {
    placements_.reserve(group.size());
    for (ArrivedImage& one : group) {
      tools_.observer.on_phase(one.index, Phase::placing);
      const auto outcome = one.partial ? ImageReport::Outcome::saved : ImageReport::Outcome::adopted;
      placements_.push_back({.arrived = std::move(one), .outcome = outcome});
    }
  }

  std::vector<PlacedImage> run() {
    flush();
    for (Placement& one : placements_) {
      if (one.status && one.arrived.partial) one.status = give_name(one);
    }
    settle();
    for (const Placement& one : placements_) {
      if (one.status && one.arrived.partial) one.arrived.partial->forget_journal();
    }
    if (shop_.documents == ImageDocuments::beside) write_documents();
    record();
    std::vector<PlacedImage> placed;
    placed.reserve(placements_.size());
    for (Placement& one : placements_) placed.push_back(report(one));
    return placed;
  }

 private:
  void flush() {
    std::vector<os::OpenFile> files;
    std::vector<Placement*> owners;
    for (Placement& one : placements_) {
      if (!one.arrived.partial) continue;
      files.push_back(one.arrived.partial->open_file());
      owners.push_back(&one);
    }
    if (files.empty()) return;
    const auto statuses = tools_.files.flush_together(files);
    for (std::size_t i = 0; i < owners.size(); ++i) owners[i]->status = statuses[i];
  }

  Status give_name(Placement& one) {
    const auto outcome = one.arrived.partial->give_name(one.arrived.path);
    if (!outcome) return fail(outcome.error());
    if (*outcome == PartialFile::Outcome::published) return {};
    // Another run has brought it in the meantime, or something else has the name.
    if (auto status = one.arrived.partial->discard(); !status) return status;
    one.arrived.partial.reset();
    const auto there = FindOnDisk{}(one.arrived.item->stem);
    if (!there) {
      return fail(ErrorKind::io, format("{} is taken by another file", one.arrived.path.string()),
                  "move that file away and run again");
    }
    one.outcome = ImageReport::Outcome::adopted;
    one.arrived.path = *there;
    if (const auto size = os::file_size(*there)) one.arrived.size = *size;
    return {};
  }

  void settle() {
    std::vector<os::Path> folders;
    for (const Placement& one : placements_) {
      if (one.status) folders.push_back(one.arrived.path.parent_path());
    }
    std::sort(folders.begin(), folders.end());
    folders.erase(std::unique(folders.begin(), folders.end()), folders.end());
    if (folders.empty()) return;
    const Status status = shop_.folders.settle(folders);
    for (Placement& one : placements_) {
      if (one.status && !status) one.status = status;
    }
  }

  void write_documents() {
    std::vector<const ImageItem*> items;
    std::vector<Placement*> owners;
    const auto write = [&] {
      const auto fates = write_image_documents(items, tools_.files);
      for (std::size_t i = 0; i < owners.size(); ++i) owners[i]->document = fates[i];
      items.clear();
      owners.clear();
    };
    for (Placement& one : placements_) {
      if (!one.status) continue;
      items.push_back(one.arrived.item);
      owners.push_back(&one);
      if (items.size() == documents_at_once) write();
    }
    if (!items.empty()) write();
  }

  void record() {
    if (shop_.archive == nullptr) return;
    std::vector<store::ArchivedImage> rows;
    for (const Placement& one : placements_) {
      if (one.status) rows.push_back(row_of(one));
    }
    if (rows.empty() || shop_.archive->record(rows)) return;
    // One of them may be to blame.
    for (Placement& one : placements_) {
      if (!one.status) continue;
      const std::array<store::ArchivedImage, 1> alone = {row_of(one)};
      one.status = shop_.archive->record(alone);
    }
  }

  static store::ArchivedImage row_of(const Placement& one) {
    const FoundImage& found = one.arrived.item->found;
    return {.image = found.image, .path = one.arrived.path, .size = one.arrived.size, .document = {found.document}};
  }

  PlacedImage report(Placement& one) const {
    PlacedImage placed{.report = {.outcome = one.outcome}, .document = std::move(one.document)};
    if (one.status) {
      placed.report.path = one.arrived.path;
      placed.report.size = one.arrived.size;
    } else {
      placed.report.outcome = ImageReport::Outcome::failed;
      placed.report.error = one.status.error();
      keep(one);
    }
    return placed;
  }

  // Every byte is here: the next run shall not fetch them again. Where they have their final name, it finds them there.
  void keep(Placement& one) const {
    if (!one.arrived.partial) return;
    const auto kept = one.arrived.partial->keep_whole(one.arrived.size.value);
    if (!kept) tools_.log.debug("{}", kept.error().message);
  }

  const ImageShop& shop_;
  const Tools& tools_;
  std::vector<Placement> placements_;
};

}  // namespace

std::vector<PlacedImage> place_images(const ImageShop& shop, std::vector<ArrivedImage> group) {
  return Group(shop, std::move(group)).run();
}

}  // namespace civitai::engine
