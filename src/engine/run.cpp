#include "engine/run.hpp"

#include "base/format.hpp"
#include "base/guarded.hpp"
#include "base/text.hpp"
#include "engine/documents.hpp"
#include "engine/item.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <numeric>
#include <thread>
#include <utility>

namespace civitai::engine {
namespace {

// Troubles that no other item would escape.
bool ends_the_run(const Error& error) {
  return error.kind == ErrorKind::disk_full || error.kind == ErrorKind::rate_limited ||
         error.kind == ErrorKind::insecure;
}

class Runner {
 public:
  Runner(const Plan& plan, const Tools& tools, store::Library& library, std::stop_token stop)
      : plan_(plan), tools_(tools), library_(library), outside_(std::move(stop)) {
    report_.with([&](RunReport& report) { report.items.resize(plan.items.size()); });
  }

  RunReport run(int concurrency) {
    const std::stop_callback forward(outside_, [this] { inside_.request_stop(); });
    write_documents();
    {
      std::vector<std::jthread> workers;
      const auto wanted = std::min<std::size_t>(static_cast<std::size_t>(std::max(concurrency, 1)), plan_.items.size());
      for (std::size_t i = 0; i < wanted; ++i) workers.emplace_back([this] { work(); });
    }
    if (outside_.stop_requested()) end_run(Error{ErrorKind::cancelled, "interrupted", {}});
    return report_.with([](RunReport& report) { return std::move(report); });
  }

 private:
  void work() {
    while (!inside_.stop_requested()) {
      const std::size_t index = next_.fetch_add(1);
      if (index >= plan_.items.size()) return;
      finish(index, run_item(plan_, index, tools_, library_, inside_.get_token()));
    }
  }

  void finish(std::size_t index, ItemReport item) {
    if (item.error) {
      if (ends_the_run(*item.error)) end_run(*item.error);
      blame_refused_key(index, *item.error);
      tools_.observer.on_failed(index, *item.error);
    } else {
      if (plan_.version_documents) write_version_document(index, item.path);
      tools_.observer.on_done(index);
    }
    report_.with([&](RunReport& report) { report.items[index] = std::move(item); });
  }

  // A file that is refused although a key is set: the file may be the reason, or the key, which the site tells when
  // asked. Then no other item would fare better, and the key is what the person has to hear of.
  void blame_refused_key(std::size_t index, Error& error) {
    const bool doubtful_key = error.kind == ErrorKind::authentication && !tools_.site.site().key.empty();
    if (!doubtful_key) return;
    std::call_once(key_asked_, [&] {
      const auto account = tools_.site.account(inside_.get_token());
      const bool refused = !account && account.error().kind == ErrorKind::authentication;
      if (refused) key_refusal_ = account.error();
    });
    if (!key_refusal_) return;
    error = *key_refusal_;
    const FileId file = plan_.file_of(plan_.items[index].place).id;
    const auto recorded = library_.record_error(file, format("{} ({})", error.message, error.hint));
    if (!recorded) tools_.log.warn("{}", recorded.error().message);
    end_run(error);
  }

  void end_run(const Error& why) {
    report_.with([&](RunReport& report) {
      if (!report.stopped_by) report.stopped_by = why;
    });
    inside_.request_stop();
  }

  void write_documents() {
    for (const PlanDocument& document : plan_.documents) {
      if (inside_.stop_requested()) return;
      write(document);
    }
  }

  void write_version_document(std::size_t index, const os::Path& model_file) {
    write({PlanDocument::Kind::version, plan_.items[index].place, document_path(model_file)});
  }

  void write(const PlanDocument& document) {
    const auto outcome = write_document(plan_, document, tools_.files);
    report_.with([&](RunReport& report) {
      if (!outcome) {
        report.document_errors.push_back(outcome.error());
      } else if (*outcome == DocumentOutcome::written) {
        ++report.documents_written;
      } else if (*outcome == DocumentOutcome::kept_foreign) {
        report.notices.push_back(format("{}: kept, it is not a document of the site", document.path.string()));
      }
    });
    if (!outcome && ends_the_run(outcome.error())) end_run(outcome.error());
  }

  const Plan& plan_;
  const Tools& tools_;
  store::Library& library_;
  std::stop_token outside_;
  std::stop_source inside_;
  std::atomic<std::size_t> next_{0};
  std::once_flag key_asked_;
  std::optional<Error> key_refusal_;  // set while it is asked, constant after that
  Guarded<RunReport> report_;
};

}  // namespace

std::size_t RunReport::count(ItemReport::Outcome outcome) const {
  return static_cast<std::size_t>(
      std::count_if(items.begin(), items.end(), [&](const ItemReport& item) { return item.outcome == outcome; }));
}

ByteCount RunReport::bytes_fetched() const {
  return std::accumulate(items.begin(), items.end(), ByteCount{},
                         [](ByteCount sum, const ItemReport& item) { return sum + item.fetched; });
}

RunReport run(const Plan& plan, const RunOptions& options, const Tools& tools, store::Library& library,
              const std::stop_token& stop) {
  return Runner(plan, tools, library, stop).run(options.concurrency);
}

}  // namespace civitai::engine
