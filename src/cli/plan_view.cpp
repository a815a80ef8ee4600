#include "cli/plan_view.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/error_json.hpp"
#include "config/option.hpp"
#include "term/table.hpp"

namespace civitai::cli {
namespace {

using engine::Plan;
using engine::PlanItem;
using engine::Skipped;

constexpr std::size_t brief_rows = 25;

std::string_view flag_of(config::OptionId id) { return config::main_flag(config::option(id)); }

std::string size_text(const std::optional<ByteCount>& size) { return size ? to_text(*size) : "?"; }

std::string relative_text(const os::Path& path, const os::Path& root) {
  return printable(path.lexically_relative(root).string());
}

std::string rest_text(std::size_t shown, std::size_t all, std::string_view one, std::string_view plural) {
  return all > shown ? format("… and {} (--dry-run lists all)\n", counted(all - shown, one, plural)) : "";
}

std::string action_text(const PlanItem& item) {
  if (item.present) return "check";
  return item.here.value > 0 ? format("resume at {}", to_text(item.here)) : "fetch";
}

std::string items_text(const Plan& plan, std::size_t rows, std::size_t width) {
  term::Table table({{"Model", term::Align::left, true},
                     {"Version", term::Align::left, true},
                     {"Size", term::Align::right},
                     {"What"},
                     {"Target", term::Align::left, true, term::Cut::front}});
  const std::size_t shown = std::min(rows, plan.items.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const PlanItem& item = plan.items[i];
    table.add({printable(plan.model_of(item.place).model.name), printable(plan.version_of(item.place).version.name),
               size_text(plan.file_of(item.place).size), action_text(item), relative_text(item.target, plan.root)});
  }
  return table.empty() ? "" : table.text(width) + rest_text(shown, plan.items.size(), "more file", "more files");
}

std::string skipped_text(const Plan& plan, std::size_t rows, std::size_t width) {
  term::Table table({{"Skipped", term::Align::left, true},
                     {"Version", term::Align::left, true},
                     {"File", term::Align::left, true},
                     {"Why", term::Align::left, true}});
  std::size_t noteworthy = 0;
  for (const Skipped& entry : plan.skipped) {
    if (!is_noteworthy(entry.reason) || ++noteworthy > rows) continue;
    const std::string why = entry.detail.empty() ? std::string(to_string(entry.reason))
                                                 : format("{}: {}", to_string(entry.reason), printable(entry.detail));
    table.add({printable(entry.model_name), printable(entry.version_name), printable(entry.file_name), why});
  }
  return table.empty() ? ""
                       : "\n" + table.text(width) +
                             rest_text(std::min(rows, noteworthy), noteworthy, "more skipped", "more skipped");
}

std::string skipped_counts(const engine::ScanReport& scan) {
  std::string text;
  for (const auto& [reason, count] : scan.skipped) {
    text += format("{}{} {}", text.empty() ? "" : ", ", count, to_string(reason));
  }
  return text;
}

// What the person can say where a reason of ours keeps files away.
std::string skip_hints(const engine::ScanReport& scan) {
  using engine::SkipReason;
  std::string text;
  if (scan.skipped.contains(SkipReason::paid)) {
    text +=
        format("hint: {} tries versions behind early access or payment too\n", flag_of(config::OptionId::include_paid));
  }
  if (scan.skipped.contains(SkipReason::deleted)) {
    text += format("hint: {} brings back what was deleted on purpose\n", flag_of(config::OptionId::include_deleted));
  }
  if (scan.skipped.contains(SkipReason::flagged) || scan.skipped.contains(SkipReason::not_scanned)) {
    text += format("hint: {} takes files that are flagged or not yet scanned too\n",
                   flag_of(config::OptionId::allow_unsafe));
  }
  return text;
}

// After a scan that broke off: what was found before can be used.
std::string after_trouble(const Error& trouble) {
  // What time does not mend has advice of its own.
  const bool passes = trouble.kind == ErrorKind::network || trouble.kind == ErrorKind::rate_limited;
  if (!passes && !trouble.hint.empty()) return printable(trouble.hint);
  return "go on with what was found; run the same command again later for the rest";
}

std::string scan_text(const engine::ScanReport& scan) {
  const std::string pages = scan.pages > 0 ? format("scanned {}: ", counted(scan.pages, "page")) : "found ";
  std::string text = format("{}{}, {}, {} wanted\n", pages, counted(scan.models, "model"),
                            counted(scan.versions, "version"), counted(scan.files, "file"));
  if (const std::string skipped = skipped_counts(scan); !skipped.empty()) text += format("skipped: {}\n", skipped);
  text += skip_hints(scan);
  if (scan.limit_reached) text += "the scan stopped at --limit; 0 means no limit\n";
  if (scan.max_pages_reached) text += "the scan stopped at --max-pages; 0 means no limit\n";
  for (const std::string& notice : scan.notices) text += format("note: {}\n", printable(notice));
  if (scan.trouble)
    text += format("note: {}\nhint: {}\n", printable(scan.trouble->message), after_trouble(*scan.trouble));
  return text;
}

void set_ids(json::Object& object, const Plan& plan, const engine::Place& place) {
  const Model& model = plan.model_of(place).model;
  const ModelVersion& version = plan.version_of(place).version;
  const ModelFile& file = plan.file_of(place);
  object.set("model_id", model.id.value).set("model_name", model.name).set("model_type", model.type);
  object.set("version_id", version.id.value).set("version_name", version.name).set("base_model", version.base_model);
  object.set("file_id", file.id.value).set("file_name", file.name);
}

std::string_view outcome_word(engine::ItemReport::Outcome outcome) {
  switch (outcome) {
    case engine::ItemReport::Outcome::not_started: return "not_started";
    case engine::ItemReport::Outcome::downloaded: return "downloaded";
    case engine::ItemReport::Outcome::adopted: return "adopted";
    case engine::ItemReport::Outcome::failed: return "failed";
    case engine::ItemReport::Outcome::interrupted: return "interrupted";
  }
  return "failed";
}

json::Object skipped_json(const Skipped& entry) {
  json::Object object;
  object.set("reason", to_word(entry.reason)).set("detail", entry.detail);
  object.set("model_id", entry.model_id.value).set("model_name", entry.model_name);
  object.set("version_id", entry.version_id.value).set("version_name", entry.version_name);
  object.set("file_id", entry.file_id.value).set("file_name", entry.file_name);
  return object;
}

}  // namespace

std::string plan_text(const Plan& plan, std::optional<ByteCount> free_space, Detail detail, std::size_t width) {
  const std::size_t rows = detail == Detail::full ? SIZE_MAX : brief_rows;
  std::string text = items_text(plan, rows, width) + skipped_text(plan, rows, width);
  if (!text.empty()) text += "\n";
  text += scan_text(plan.scan);
  if (const std::size_t documents = plan.documents_to_write(); documents > 0)
    text += format("{} to write\n", counted(documents, "JSON document"));
  const std::size_t unknown = plan.items_of_unknown_size();
  text += format("to download: {}, {}{} into {}", counted(plan.items.size(), "file"), to_text(plan.bytes_to_fetch()),
                 unknown > 0 ? format(" and {} of unknown size", unknown) : "", printable(plan.root.string()));
  if (free_space) text += format(" ({} free)", to_text(*free_space));
  return text + "\n";
}

json::Object plan_json(const Plan& plan, std::optional<ByteCount> free_space) {
  json::Array items;
  for (const PlanItem& item : plan.items) {
    json::Object object;
    set_ids(object, plan, item.place);
    object.set("size", plan.file_of(item.place).size).set("present", item.here).set("path", item.target.string());
    object.set("action", item.present ? "check" : item.here.value > 0 ? "resume" : "fetch");
    items.add(std::move(object));
  }
  json::Array skipped;
  for (const Skipped& entry : plan.skipped) skipped.add(skipped_json(entry));
  json::Array documents;
  for (const engine::PlanDocument& document : plan.documents) documents.add(document.path.string());
  json::Object root;
  root.set("root", plan.root.string()).set("bytes_to_fetch", plan.bytes_to_fetch());
  root.set("items_of_unknown_size", plan.items_of_unknown_size());
  root.set("free_bytes", free_space);
  root.set("items", std::move(items)).set("documents", std::move(documents)).set("skipped", std::move(skipped));
  return root;
}

json::Object scan_json(const engine::ScanReport& scan) {
  json::Object skipped;
  for (const auto& [reason, count] : scan.skipped) skipped.set(to_word(reason), count);
  json::Array notices;
  for (const std::string& notice : scan.notices) notices.add(notice);
  json::Object object;
  object.set("pages", scan.pages).set("models", scan.models).set("versions", scan.versions).set("files", scan.files);
  object.set("limit_reached", scan.limit_reached).set("max_pages_reached", scan.max_pages_reached);
  object.set("gave_up", scan.gave_up).set("skipped", std::move(skipped)).set("notices", std::move(notices));
  set_error(object, "trouble", scan.trouble);
  return object;
}

namespace {

std::string items_outcome(const engine::RunReport& report, std::chrono::milliseconds taken) {
  using Outcome = engine::ItemReport::Outcome;
  const double seconds = static_cast<double>(taken.count()) / 1000;
  std::string text = format("{} downloaded", report.count(Outcome::downloaded));
  if (const auto n = report.count(Outcome::adopted); n > 0) text += format(", {} found in place", n);
  if (const auto n = report.count(Outcome::failed); n > 0) text += format(", {} failed", n);
  const std::size_t open = report.count(Outcome::interrupted) + report.count(Outcome::not_started);
  if (open > 0) text += format(", {} not finished", open);
  return text + format("; {} in {:.1f} s\n", to_text(report.bytes_fetched()), seconds);
}

}  // namespace

std::string report_text(const engine::RunReport& report, std::chrono::milliseconds taken) {
  std::string text = report.items.empty() ? "" : items_outcome(report, taken);
  if (report.documents_written > 0) text += format("{} written\n", counted(report.documents_written, "JSON document"));
  for (const std::string& notice : report.notices) text += format("note: {}\n", printable(notice));
  for (const Error& error : report.document_errors) text += format("error: {}\n", printable(error.message));
  return text;
}

json::Object report_json(const Plan& plan, const engine::RunReport& report, std::chrono::milliseconds taken) {
  using Outcome = engine::ItemReport::Outcome;
  json::Array items;
  for (std::size_t i = 0; i < report.items.size(); ++i) {
    const engine::ItemReport& item = report.items[i];
    json::Object object;
    set_ids(object, plan, plan.items[i].place);
    object.set("outcome", outcome_word(item.outcome)).set("path", item.path.string());
    object.set("bytes_fetched", item.fetched).set("proven_by", item.proven_by);
    set_error(object, "error", item.error);
    items.add(std::move(object));
  }
  json::Object root;
  for (const Outcome outcome :
       {Outcome::downloaded, Outcome::adopted, Outcome::failed, Outcome::interrupted, Outcome::not_started}) {
    root.set(outcome_word(outcome), report.count(outcome));
  }
  root.set("bytes_fetched", report.bytes_fetched()).set("seconds", static_cast<double>(taken.count()) / 1000);
  root.set("documents_written", report.documents_written);
  set_error(root, "stopped_by", report.stopped_by);
  root.set("items", std::move(items));
  return root;
}

}  // namespace civitai::cli
