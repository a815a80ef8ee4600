#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/torrent_command.hpp"
#include "json/writer.hpp"
#include "torrent/summary.hpp"

namespace civitai::cli {
namespace {

using torrent::Summary;

void add_row(std::string& text, std::string_view label, std::string_view value) {
  if (!value.empty()) text += format("{:<13} {}\n", label, printable(value));
}

std::string summary_text(const Summary& summary) {
  std::string text;
  add_row(text, "name", summary.name);
  add_row(text, "version", to_string(summary.protocol));
  add_row(text, "info-hash", summary.info_hash);
  add_row(text, "info-hash v2", summary.info_hash_v2);
  add_row(text, "size", format("{} ({} bytes)", to_text(summary.size), summary.size.value));
  add_row(text, "pieces", format("{} of {}", summary.pieces, to_text(summary.piece_length)));
  add_row(text, "private", summary.visibility == torrent::Visibility::private_ ? "yes" : "no");
  add_row(text, "source", summary.source);
  add_row(text, "comment", summary.comment);
  add_row(text, "created by", summary.creator);
  if (summary.created) add_row(text, "created", to_iso8601(*summary.created));
  for (std::size_t i = 0; i < summary.tiers.size(); ++i) {
    for (const std::string& url : summary.tiers[i]) add_row(text, format("tracker {}", i + 1), url);
  }
  for (const std::string& url : summary.web_seeds) add_row(text, "web seed", url);
  add_row(text, "magnet", summary.magnet);
  for (const Summary::File& file : summary.files) {
    add_row(text, "file", format("{:>10}  {}", to_text(file.size), file.name));
  }
  return text;
}

json::Array texts(const std::vector<std::string>& values) {
  json::Array array;
  for (const std::string& value : values) array.add(value);
  return array;
}

std::optional<std::string> known(const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); }

json::Object summary_json(const Summary& summary) {
  json::Array trackers;
  for (std::size_t i = 0; i < summary.tiers.size(); ++i) {
    for (const std::string& url : summary.tiers[i]) {
      json::Object tracker;
      tracker.set("url", url).set("tier", i);
      trackers.add(std::move(tracker));
    }
  }
  json::Array files;
  for (const Summary::File& file : summary.files) {
    json::Object object;
    object.set("path", file.name).set("size", file.size);
    files.add(std::move(object));
  }
  json::Object root;
  root.set("name", summary.name).set("version", to_string(summary.protocol));
  root.set("info_hash", known(summary.info_hash)).set("info_hash_v2", known(summary.info_hash_v2));
  root.set("size", summary.size).set("piece_length", summary.piece_length).set("pieces", summary.pieces);
  root.set("private", summary.visibility == torrent::Visibility::private_).set("source", known(summary.source));
  root.set("comment", known(summary.comment)).set("created_by", known(summary.creator));
  root.set("created_at", summary.created ? std::optional(to_iso8601(*summary.created)) : std::nullopt);
  root.set("trackers", std::move(trackers)).set("web_seeds", texts(summary.web_seeds));
  root.set("magnet", summary.magnet).set("files", std::move(files));
  return root;
}

}  // namespace

ExitCode run_torrent_show(const Program& program) {
  const auto summary = torrent::read_summary(program.words.front());
  if (!summary) {
    program.screen.error(summary.error());
    return exit_code_of(summary.error().kind);
  }
  const bool json = program.settings.enabled(config::OptionId::json);
  program.screen.data(json ? summary_json(*summary).text() + "\n" : summary_text(*summary));
  return ExitCode::done;
}

}  // namespace civitai::cli
