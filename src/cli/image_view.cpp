#include "cli/image_view.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/error_json.hpp"

#include <set>

namespace civitai::cli {
namespace {

using Outcome = engine::ImageReport::Outcome;

std::string_view word(Outcome outcome) {
  switch (outcome) {
    case Outcome::not_started: return "not_started";
    case Outcome::saved: return "saved";
    case Outcome::adopted: return "adopted";
    case Outcome::failed: return "failed";
    case Outcome::interrupted: return "interrupted";
  }
  return "failed";
}

std::size_t found_in_place(const engine::ImagePlan& plan) {
  std::size_t count = 0;
  for (const engine::ImageItem& item : plan.items) count += item.present ? 1U : 0U;
  return count;
}

void add_count(std::string& text, std::size_t count, std::string_view what) {
  if (count > 0) text += format("{}{} {}", text.empty() ? "" : ", ", count, what);
}

}  // namespace

std::string image_plan_text(const engine::ImagePlan& plan, const engine::ImagePolicy& policy) {
  const engine::ImageScanReport& scan = plan.scan;
  std::string text = format("scanned {}: {}", counted(scan.pages, "page"), counted(scan.seen, "image"));
  std::string apart;
  const std::size_t present = found_in_place(plan);
  add_count(apart, plan.items.size() - present, "to download");
  add_count(apart, present, "in place already");
  add_count(apart, static_cast<std::size_t>(plan.archived), "saved before");
  add_count(apart, static_cast<std::size_t>(scan.hidden), "hidden by filters");
  text += format("{}{}\n", apart.empty() ? "" : ": ", apart);
  if (scan.limit_reached) text += "the scan stopped at --limit; 0 means no limit\n";
  if (scan.max_pages_reached) text += "the scan stopped at --max-pages; 0 means no limit\n";
  if (scan.known_reached) text += "the scan stopped at an image that was saved before\n";
  if (!plan.bare.empty())
    text += format("{} of images saved before to write\n", counted(plan.bare.size(), "JSON document"));
  for (const std::string& notice : scan.notices) text += format("note: {}\n", printable(notice));
  if (scan.trouble) text += format("note: {}\n", printable(scan.trouble->message));
  if (plan.items.size() > present) {
    text += format("downloading {} into {}\n", counted(plan.items.size() - present, "image"),
                   printable(policy.root.string()));
  }
  return text;
}

std::string image_report_text(const engine::ImageRunReport& report, std::chrono::milliseconds taken) {
  std::string text = format("{} saved", report.count(Outcome::saved));
  add_count(text, report.count(Outcome::adopted), "found in place");
  add_count(text, report.count(Outcome::failed), "failed");
  add_count(text, report.count(Outcome::interrupted) + report.count(Outcome::not_started), "left");
  text += format("; {} in {}\n", to_text(report.bytes_saved()),
                 to_text(std::chrono::duration_cast<std::chrono::seconds>(taken)));
  if (report.documents_written > 0) text += format("{} written\n", counted(report.documents_written, "JSON document"));
  for (const Error& error : report.document_errors) text += format("error: {}\n", printable(error.message));
  for (const std::string& notice : report.notices) text += format("note: {}\n", printable(notice));
  return text;
}

json::Object image_scan_json(const engine::ImageScanReport& scan) {
  json::Array notices;
  for (const std::string& notice : scan.notices) notices.add(notice);
  json::Object object;
  object.set("pages", scan.pages).set("images", scan.seen).set("hidden", scan.hidden);
  object.set("limit_reached", scan.limit_reached).set("max_pages_reached", scan.max_pages_reached);
  object.set("known_reached", scan.known_reached).set("gave_up", scan.gave_up).set("notices", std::move(notices));
  set_error(object, "trouble", scan.trouble);
  return object;
}

json::Object image_plan_json(const engine::ImagePlan& plan, const engine::ImagePolicy& policy) {
  json::Array items;
  for (const engine::ImageItem& item : plan.items) {
    const Image& image = item.found.image;
    json::Object object;
    object.set("image_id", image.id.value).set("type", image.media_type).set("username", image.username);
    object.set("base_model", image.base_model).set("level", image.level).set("post_id", image.post_id.value);
    object.set("url", image.url).set("path", item.present ? item.present->string() : item.stem.string());
    object.set("action", item.present ? "record" : "fetch");
    items.add(std::move(object));
  }
  json::Object root;
  root.set("root", policy.root.string()).set("saved_before", plan.archived);
  root.set("documents_to_write", plan.bare.size()).set("items", std::move(items));
  return root;
}

json::Object image_report_json(const engine::ImagePlan& plan, const engine::ImageRunReport& report,
                               std::chrono::milliseconds taken) {
  json::Array items;
  for (std::size_t i = 0; i < report.items.size(); ++i) {
    const engine::ImageReport& item = report.items[i];
    json::Object object;
    object.set("image_id", plan.items[i].found.image.id.value).set("outcome", word(item.outcome));
    object.set("path", item.path.string()).set("size", item.size);
    set_error(object, "error", item.error);
    items.add(std::move(object));
  }
  json::Object root;
  root.set("saved", report.count(Outcome::saved)).set("adopted", report.count(Outcome::adopted));
  root.set("failed", report.count(Outcome::failed)).set("bytes_saved", report.bytes_saved());
  root.set("documents_written", report.documents_written);
  root.set("seconds", std::chrono::duration<double>(taken).count()).set("items", std::move(items));
  set_error(root, "stopped_by", report.stopped_by);
  return root;
}

ExitCode exit_code_of(const engine::ImageRunReport& report, const engine::ImageScanReport& scan) {
  if (report.stopped_by) return exit_code_of(report.stopped_by->kind);
  std::set<ErrorKind> kinds;
  for (const engine::ImageReport& item : report.items) {
    if (item.error) kinds.insert(item.error->kind);
  }
  const std::size_t reached = report.count(Outcome::saved) + report.count(Outcome::adopted);
  if (kinds.size() == 1 && reached == 0 && report.document_errors.empty()) return exit_code_of(*kinds.begin());
  if (!kinds.empty() || !report.document_errors.empty()) return ExitCode::some_failed;
  if (scan.trouble) return exit_code_of(scan.trouble->kind);
  return scan.gave_up ? ExitCode::network : ExitCode::done;
}

}  // namespace civitai::cli
