#include "engine/image_scan.hpp"

#include "api/pager.hpp"
#include "base/format.hpp"
#include "base/text.hpp"
#include "store/gzip.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>

namespace civitai::engine {
namespace {

class ImageScanner {
 public:
  ImageScanner(const ImageQuery& query, api::Client& client, const IsKnown& is_known, Observer& observer,
               const TakeImages& take)
      : query_(query),
        levels_(api::browsing_level_of(query)),
        client_(client),
        is_known_(is_known),
        observer_(observer),
        take_(take) {}

  Result<ImageScanReport> run(const std::stop_token& stop) {
    auto passes = passes_of_query(stop);
    if (!passes) return fail(passes.error());
    for (const ImageQuery& pass : *passes) {
      if (is_full()) break;
      const Status status = walk(pass, stop);
      if (status) continue;
      const bool nothing_yet = report_.pages == 0;
      if (nothing_yet || status.error().kind == ErrorKind::cancelled) return fail(status.error());
      report_.notices.push_back(format("the scan broke off after page {}", report_.pages));
      report_.trouble = status.error();
      break;
    }
    const bool missing = query_.image_id && report_.seen == 0 && !report_.trouble;
    if (missing) {
      return fail(ErrorKind::not_found, format("image {}: the site does not list it", query_.image_id.value),
                  "it may have been removed, or its level may be another one");
    }
    return std::move(report_);
  }

 private:
  // One walk, or one for each version of the model that is asked for.
  Result<std::vector<ImageQuery>> passes_of_query(const std::stop_token& stop) {
    const bool gallery = query_.model_id && !query_.version_id && !query_.image_id;
    if (!gallery) return std::vector{query_};
    const auto model = client_.model(query_.model_id, stop);
    if (!model) return fail(model.error());
    std::vector<ImageQuery> passes;
    for (const ModelVersion& version : model->versions) {
      ImageQuery pass = query_;
      pass.model_id = {};
      pass.version_id = version.id;
      passes.push_back(std::move(pass));
    }
    return passes;
  }

  Status walk(const ImageQuery& pass, const std::stop_token& stop) {
    api::ImagePager pager(client_, pass);
    while (!is_full()) {
      auto page = pager.next(stop);
      if (!page) {
        note(pager);
        return fail(page.error());
      }
      if (!*page) break;
      ++report_.pages;
      if (!take_page(**page)) break;
    }
    note(pager);
    return {};
  }

  void note(const api::ImagePager& pager) {
    for (const std::string& text : pager.notices()) report_.notices.push_back(text);
    report_.gave_up = report_.gave_up || pager.gave_up();
  }

  // false: the rest of this list is known.
  bool take_page(api::ImagePage& page) {
    bool go_on = true;
    for (Image& image : page.images) {
      report_.limit_reached = is_limit_reached();
      if (report_.limit_reached) break;
      if (query_.stop_at_known && is_known_(image.id)) {
        report_.known_reached = true;
        go_on = false;
        break;
      }
      take(std::move(image));
    }
    report_.limit_reached = is_limit_reached();
    report_.max_pages_reached = query_.max_pages > 0 && report_.pages >= query_.max_pages;
    observer_.on_scan({.pages = report_.pages, .images = wanted_});
    if (!page_.empty() && !take_(std::exchange(page_, {}))) enough_ = true;
    return go_on;
  }

  void take(Image image) {
    // Asked for one image, the site has been seen to send others.
    if (query_.image_id && image.id != query_.image_id) return;
    if (!seen_.insert(image.id).second) return;
    ++report_.seen;
    if (!is_wanted(image)) {
      ++report_.hidden;
      return;
    }
    std::string document = store::compress(std::exchange(image.raw, {}));
    page_.push_back({std::move(image), std::move(document)});
    ++wanted_;
  }

  bool is_wanted(const Image& image) const {
    const bool level = image.level == 0 || (image.level & levels_) != 0;
    const bool type = query_.media_type.empty() || image.media_type == query_.media_type;
    const auto is_base = [&](const std::string& base) { return equal_ignoring_case(base, image.base_model); };
    const auto& bases = query_.base_models;
    return level && type && (bases.empty() || std::any_of(bases.begin(), bases.end(), is_base));
  }

  bool is_limit_reached() const { return query_.limit > 0 && wanted_ >= query_.limit; }
  bool is_full() const { return enough_ || report_.limit_reached || report_.max_pages_reached; }

  const ImageQuery& query_;
  int levels_;
  api::Client& client_;
  const IsKnown& is_known_;
  Observer& observer_;
  const TakeImages& take_;
  std::unordered_set<ImageId> seen_;
  std::vector<FoundImage> page_;  // what is wanted of it
  int wanted_ = 0;
  bool enough_ = false;
  ImageScanReport report_;
};

}  // namespace

Result<ImageScanReport> scan_images(const ImageQuery& query, api::Client& client, const IsKnown& is_known,
                                    Observer& observer, const TakeImages& take, const std::stop_token& stop) {
  return ImageScanner(query, client, is_known, observer, take).run(stop);
}

Result<ImageScan> scan_images(const ImageQuery& query, api::Client& client, const IsKnown& is_known, Observer& observer,
                              const std::stop_token& stop) {
  ImageScan scan;
  const TakeImages take = [&](std::vector<FoundImage> found) {
    std::move(found.begin(), found.end(), std::back_inserter(scan.images));
    return true;
  };
  auto report = scan_images(query, client, is_known, observer, take, stop);
  if (!report) return fail(report.error());
  scan.report = std::move(*report);
  return scan;
}

}  // namespace civitai::engine
