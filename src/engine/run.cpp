#include "engine/run.hpp"

#include "base/format.hpp"
#include "base/guarded.hpp"
#include "base/text.hpp"
#include "engine/documents.hpp"
#include "engine/item.hpp"
#include "engine/placing.hpp"
#include "engine/schedule.hpp"

#include <algorithm>
#include <mutex>
#include <numeric>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>

namespace civitai::engine {
namespace {

// Each that waits holds a file open.
constexpr std::size_t most_waiting = 256;
// Written and flushed together, each from memory.
constexpr std::size_t documents_at_once = 32;
// Recorded as Pending in one commit.
constexpr std::size_t pending_at_once = 256;

std::vector<std::optional<std::uint64_t>> sizes(const Plan& plan) {
  std::vector<std::optional<std::uint64_t>> sizes;
  for (const PlanItem& item : plan.items) {
    const auto size = plan.file_of(item.place).size;
    sizes.push_back(size ? std::optional(size->value) : std::nullopt);
  }
  return sizes;
}

// Troubles that no other item would escape.
bool ends_the_run(const Error& error) {
  return error.kind == ErrorKind::disk_full || error.kind == ErrorKind::rate_limited ||
         error.kind == ErrorKind::insecure;
}

class Runner {
 public:
  Runner(const Plan& plan, const Tools& tools, store::Library& library, std::stop_token stop)
      : plan_(plan),
        tools_(tools),
        library_(library),
        outside_(std::move(stop)),
        folders_(tools.files, plan.root),
        shop_{plan, tools, library, folders_, inside_.get_token()},
        recorded_(std::vector<bool>(plan.items.size())) {
    report_.with([&](RunReport& report) { report.items.resize(plan.items.size()); });
  }

  RunReport run(const RunOptions& options) {
    const std::stop_callback forward(outside_, [this] { inside_.request_stop(); });
    write_documents();
    schedule_.with([&](Schedule& schedule) {
      schedule = Schedule(sizes(plan_), {options.concurrency, options.small_concurrency});
    });
    {
      const std::jthread placer([this] { place_arrived(); });
      {
        std::vector<std::jthread> workers;
        const auto wanted = schedule_.read([](const Schedule& schedule) { return schedule.most_at_once(); });
        for (std::size_t i = 0; i < wanted; ++i) workers.emplace_back([this] { work(); });
      }
      arrived_.with([](ArrivedQueue& queue) { queue.closed = true; });
    }
    if (outside_.stop_requested()) end_run(Error{ErrorKind::cancelled, "interrupted", {}});
    return report_.with([](RunReport& report) { return std::move(report); });
  }

 private:
  // Small files that wait to be placed, each with an open file.
  struct ArrivedQueue {
    std::vector<Arrived> waiting;
    bool closed = false;
  };

  void work() {
    while (const auto item = take()) {
      bring_in(*item);
      schedule_.with([&](Schedule& schedule) { schedule.release(*item); });
    }
  }

  std::optional<std::size_t> take() {
    std::optional<std::size_t> item;
    static_cast<void>(schedule_.wait(inside_.get_token(), [&](Schedule& schedule) {
      if (!inside_.stop_requested()) item = schedule.take();
      return item || schedule.empty();
    }));
    return item;
  }

  void bring_in(std::size_t item) {
    if (auto status = record_pending(item); !status) return finish(item, failure(item, status.error(), {}));
    Brought brought = bring(shop_, item);
    if (!brought.arrived) return finish(item, failure(item, brought.arrived.error(), brought.fetched));
    brought.arrived->fetched = brought.fetched;
    const bool small = schedule_.read([&](const Schedule& schedule) { return schedule.is_small(item); });
    if (!small) {
      std::vector<Arrived> alone;
      alone.push_back(std::move(*brought.arrived));
      return place_group(std::move(alone));
    }
    static_cast<void>(arrived_.wait({}, [](const ArrivedQueue& queue) { return queue.waiting.size() < most_waiting; }));
    arrived_.with([&](ArrivedQueue& queue) { queue.waiting.push_back(std::move(*brought.arrived)); });
  }

  // Those that come next are recorded with it, in one commit.
  Status record_pending(std::size_t item) {
    if (plan_.items[item].replaces || recorded_.read([&](const auto& recorded) { return recorded[item]; })) return {};
    auto wanted = schedule_.read([](const Schedule& schedule) { return schedule.upcoming(pending_at_once - 1); });
    wanted.insert(wanted.begin(), item);
    return recorded_.with([&](std::vector<bool>& recorded) -> Status {
      if (recorded[item]) return {};
      std::erase_if(wanted, [&](std::size_t one) { return recorded[one] || plan_.items[one].replaces; });
      std::vector<store::Record> records;
      for (const std::size_t one : wanted) {
        const ModelFile& file = plan_.file_of(plan_.items[one].place);
        records.emplace_back(file_record(shop_, one, {file.size, file.hashes}, first_path(plan_.items[one])));
      }
      if (auto status = library_.record_all(records); !status) return status;
      for (const std::size_t one : wanted) recorded[one] = true;
      return {};
    });
  }

  // Takes whatever has arrived while the group before it was placed: the slower the disk, the larger the groups. Goes
  // on after a stop until nothing waits: what is here is kept.
  void place_arrived() {
    for (;;) {
      static_cast<void>(
          arrived_.wait({}, [](const ArrivedQueue& queue) { return !queue.waiting.empty() || queue.closed; }));
      auto group = arrived_.with([](ArrivedQueue& queue) { return std::exchange(queue.waiting, {}); });
      if (group.empty()) return;
      place_group(std::move(group));
    }
  }

  void place_group(std::vector<Arrived> group) {
    std::vector<std::size_t> items;
    items.reserve(group.size());
    for (const Arrived& one : group) items.push_back(one.item);
    std::vector<ItemReport> reports = place(shop_, std::move(group));
    if (plan_.version_documents) write_version_documents(items, reports);
    for (std::size_t i = 0; i < items.size(); ++i) {
      ItemReport& report = reports[i];
      const bool bad = report.error.has_value();
      finish(items[i], bad ? failure(items[i], *report.error, report.fetched) : std::move(report));
    }
  }

  // The report of an item that did not come; the library knows it too, except when it was only interrupted or is
  // another process's, which tells the library itself.
  ItemReport failure(std::size_t item, const Error& error, ByteCount fetched) {
    const Place& place = plan_.items[item].place;
    const ModelFile& file = plan_.file_of(place);
    ItemReport report{.outcome = ItemReport::Outcome::failed, .fetched = fetched};
    report.error =
        error.with_context(format("{} / {}", printable(plan_.model_of(place).model.name), printable(file.name)));
    if (error.kind == ErrorKind::cancelled) {
      report.outcome = ItemReport::Outcome::interrupted;
    } else if (error.kind != ErrorKind::busy) {
      record_error(file.id, *report.error);
    }
    return report;
  }

  void record_error(FileId file, const Error& error) {
    const std::string why = error.hint.empty() ? error.message : format("{} ({})", error.message, error.hint);
    if (auto status = library_.record_error(file, why); !status) tools_.log.warn("{}", status.error().message);
  }

  void finish(std::size_t index, ItemReport item) {
    if (item.error) {
      if (ends_the_run(*item.error)) end_run(*item.error);
      blame_refused_key(index, *item.error);
      tools_.observer.on_failed(index, *item.error);
    } else {
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
    record_error(plan_.file_of(plan_.items[index].place).id, error);
    end_run(error);
  }

  void end_run(const Error& why) {
    report_.with([&](RunReport& report) {
      if (!report.stopped_by) report.stopped_by = why;
    });
    inside_.request_stop();
  }

  void write_documents() {
    const std::span<const PlanDocument> all(plan_.documents);
    for (std::size_t i = 0; i < all.size() && !inside_.stop_requested(); i += documents_at_once) {
      write(all.subspan(i, std::min(documents_at_once, all.size() - i)));
    }
  }

  void write_version_documents(const std::vector<std::size_t>& items, const std::vector<ItemReport>& reports) {
    std::vector<PlanDocument> documents;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (reports[i].error) continue;
      // Files that differ in their extension alone share one.
      os::Path path = document_path(reports[i].path);
      const bool is_first = begun_documents_.with([&](auto& begun) { return begun.insert(path.string()).second; });
      if (!is_first) continue;
      documents.push_back({PlanDocument::Kind::version, plan_.items[items[i]].place, std::move(path)});
      if (documents.size() == documents_at_once) write(std::exchange(documents, {}));
    }
    write(documents);
  }

  void write(std::span<const PlanDocument> documents) {
    const auto outcomes = engine::write_documents(plan_, documents, tools_.files);
    for (std::size_t i = 0; i < documents.size(); ++i) note(documents[i], outcomes[i]);
  }

  void note(const PlanDocument& document, const Result<DocumentOutcome>& outcome) {
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
  os::Folders folders_;
  Workshop shop_;
  Guarded<Schedule> schedule_{Schedule({}, {})};
  Guarded<std::vector<bool>> recorded_;  // items that the library knows as Pending
  Guarded<ArrivedQueue> arrived_;
  Guarded<std::unordered_set<std::string>> begun_documents_;  // paths
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
  return Runner(plan, tools, library, stop).run(options);
}

}  // namespace civitai::engine
