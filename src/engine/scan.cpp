#include "engine/scan.hpp"

#include "api/pager.hpp"
#include "base/format.hpp"
#include "base/text.hpp"
#include "store/gzip.hpp"

#include <unordered_set>
#include <utility>

namespace civitai::engine {
namespace {

// Orders whose pages are cut by date lose the first row of each next page; a second walk in this order finds them.
constexpr std::string_view lossless_sort = "Most Downloaded";

bool loses_rows(std::string_view sort) { return sort == "Newest" || sort == "Oldest"; }

class Scanner {
 public:
  Scanner(const Criteria& criteria, ModelDocuments documents, api::Client& client, const Clock& clock,
          Observer& observer)
      : criteria_(criteria), documents_(documents), client_(client), clock_(clock), observer_(observer) {}

  Status run(const std::stop_token& stop) {
    if (criteria_.models.version_id) return take_version(stop);
    if (criteria_.models.model_id) return take_model(stop);
    return take_lists(stop);
  }

  ScanResult take_result() { return std::move(result_); }

 private:
  bool full() const {
    const ScanReport& report = result_.report;
    return report.limit_reached || report.max_pages_reached || report.trouble.has_value();
  }

  // A creator that the site does not know is the end only where there is no other one.
  Status take_lists(const std::stop_token& stop) {
    bool known = false;
    std::optional<Error> unknown;
    std::unordered_set<std::string> told;
    for (const api::ModelPass& pass : api::passes_of(criteria_.models)) {
      if (full()) break;
      const Status status = walk(pass, stop);
      known = known || status;
      if (status) continue;
      if (!is_unknown_creator(status.error(), pass)) return status;
      unknown = status.error();
      if (told.insert(pass.username).second) notice(format("the site does not know the creator '{}'", pass.username));
    }
    if (known || !unknown) return {};
    return fail(unknown->with_context(format("{}", join(criteria_.models.usernames, ", "))));
  }

  static bool is_unknown_creator(const Error& error, const api::ModelPass& pass) {
    return error.kind == ErrorKind::not_found && !pass.username.empty();
  }

  Status take_version(const std::stop_token& stop) {
    auto found = client_.version(criteria_.models.version_id, stop);
    if (!found) return fail(found.error());
    // The version's own document names neither creator nor tags, and the model's own document is what --model-info
    // saves.
    auto whole = client_.model(found->id, stop);
    if (!whole && whole.error().kind == ErrorKind::cancelled) return fail(whole.error());
    if (whole) {
      whole->versions = std::move(found->versions);
      *found = std::move(*whole);
    }
    // The person named this version: filters that choose among versions have nothing to choose.
    FileFilter filter = criteria_.files;
    filter.base_models.clear();
    filter.ignore_base_models.clear();
    take(std::move(*found), filter);
    return {};
  }

  Status take_model(const std::stop_token& stop) {
    auto found = client_.model(criteria_.models.model_id, stop);
    if (!found) return fail(found.error());
    take(std::move(*found), criteria_.files);
    return {};
  }

  // One pass, and a second one in another order where the first is known to lose rows.
  Status walk(const api::ModelPass& pass, const std::stop_token& stop) {
    const int models_before = result_.report.models;
    const int pages_before = result_.report.pages;
    if (auto status = walk_sorted(criteria_.models, pass, stop); !status) return status;
    const bool several_pages = result_.report.pages > pages_before + 1;
    const bool everything = criteria_.models.limit == 0 && !full();
    if (several_pages && everything && loses_rows(criteria_.models.sort)) {
      const int models_found = result_.report.models;
      ModelQuery again = criteria_.models;
      again.sort = lossless_sort;
      if (auto status = walk_sorted(again, pass, stop); !status) return status;
      if (const int more = result_.report.models - models_found; more > 0) {
        notice(format("sorted by {}, the site left out {}; a second walk found the rest", criteria_.models.sort,
                      counted(more, "model")));
      }
    }
    return everything ? compare_with_count(pass, result_.report.models - models_before, stop) : Status{};
  }

  Status walk_sorted(const ModelQuery& query, const api::ModelPass& pass, const std::stop_token& stop) {
    api::ModelPager pager(client_, query, pass);
    while (!full()) {
      auto page = pager.next(stop);
      if (!page) {
        const bool stopped = page.error().kind == ErrorKind::cancelled;
        const bool unknown = pager.pages() == 0 && is_unknown_creator(page.error(), pass);
        if (stopped || unknown || result_.report.pages == 0) return fail(page.error());
        notice(format("the scan broke off after page {}", result_.report.pages));
        result_.report.trouble = page.error();
        break;
      }
      if (!*page) break;
      take_page(std::move(**page));
    }
    for (const std::string& text : pager.notices()) notice(text);
    result_.report.gave_up = result_.report.gave_up || pager.gave_up();
    return {};
  }

  void take_page(api::ModelPage page) {
    ++result_.report.pages;
    for (Model& model : page.models) {
      if (limit_reached()) break;
      take(std::move(model), criteria_.files);
    }
    const int max_pages = criteria_.models.max_pages;
    result_.report.limit_reached = limit_reached();
    result_.report.max_pages_reached = max_pages > 0 && result_.report.pages >= max_pages;
    report_progress();
  }

  bool limit_reached() const { return criteria_.models.limit > 0 && result_.report.models >= criteria_.models.limit; }

  void take(Model model, const FileFilter& filter) {
    if (!seen_.insert(model.id).second) return;
    ++result_.report.models;
    result_.report.versions += static_cast<int>(model.versions.size());
    Selection selection = select(model, filter, clock_.now());
    for (Skipped& entry : selection.skipped) {
      ++result_.report.skipped[entry.reason];
      result_.skipped.push_back(std::move(entry));
    }
    if (!selection.versions.empty()) {
      keep(std::move(model), std::move(selection.versions));
    } else if (documents_ == ModelDocuments::keep && selection.newest != nullptr) {
      keep_document(std::move(model), *selection.newest);
    }
    report_progress();
  }

  // What is kept in memory is what the plan needs; documents are kept compressed.
  void keep(Model model, std::vector<ModelVersion> versions) {
    ChosenModel chosen;
    if (documents_ == ModelDocuments::keep) chosen.document = store::compress(model.raw);
    model.versions.clear();
    model.raw = {};
    chosen.model = std::move(model);
    for (ModelVersion& version : versions) {
      result_.report.files += static_cast<int>(version.files.size());
      std::string document = store::compress(std::exchange(version.raw, {}));
      chosen.versions.push_back({std::move(version), std::move(document)});
    }
    result_.models.push_back(std::move(chosen));
  }

  // Of a model of which no file is wanted the document is saved all the same. `newest` stands in the model.
  void keep_document(Model model, ModelVersion newest) {
    ChosenModel chosen;
    chosen.document = store::compress(model.raw);
    chosen.newest = std::move(newest);
    chosen.newest.files.clear();
    chosen.newest.images.clear();
    chosen.newest.raw = {};
    model.versions.clear();
    model.raw = {};
    chosen.model = std::move(model);
    result_.models.push_back(std::move(chosen));
  }

  // The site's own count of a creator's models tells whether its list was whole.
  Status compare_with_count(const api::ModelPass& pass, int seen, const std::stop_token& stop) {
    const ModelQuery& query = criteria_.models;
    const bool everything_of_a_creator = !pass.username.empty() && pass.tag.empty() && query.query.empty() &&
                                         query.types.empty() && query.base_models.empty() &&
                                         query.period == "AllTime" && query.nsfw;
    if (!everything_of_a_creator || query.usernames.size() > 1) return {};
    const auto count = client_.model_count(pass.username, stop);
    if (!count && count.error().kind == ErrorKind::cancelled) return fail(count.error());
    if (count && *count && **count > seen) {
      notice(format("the site counts {} of {}, its list gave {}", counted(**count, "model"), pass.username, seen));
    }
    return {};
  }

  void notice(std::string text) { result_.report.notices.push_back(std::move(text)); }

  void report_progress() { observer_.on_scan({result_.report.pages, result_.report.models, result_.report.files}); }

  const Criteria& criteria_;
  ModelDocuments documents_;
  api::Client& client_;
  const Clock& clock_;
  Observer& observer_;
  std::unordered_set<ModelId> seen_;
  ScanResult result_;
};

}  // namespace

Result<ScanResult> scan(const Criteria& criteria, ModelDocuments documents, api::Client& client, const Clock& clock,
                        Observer& observer, const std::stop_token& stop) {
  Scanner scanner(criteria, documents, client, clock, observer);
  if (auto status = scanner.run(stop); !status) return fail(status.error());
  return scanner.take_result();
}

}  // namespace civitai::engine
