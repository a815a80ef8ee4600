#include "base/format.hpp"
#include "base/text.hpp"
#include "cli/hashing_progress.hpp"
#include "cli/torrent_command.hpp"
#include "json/writer.hpp"
#include "torrent/check.hpp"
#include "torrent/summary.hpp"

#include <thread>

namespace civitai::cli {
namespace {

using torrent::CheckReport;

std::string first_text(const CheckReport& report) {
  if (!report.first) return {};
  return format("the first of them is piece {}, at byte {} of {}\n", report.first->piece, report.first->offset,
                printable(report.first->path.string()));
}

std::string report_text(const CheckReport& report) {
  std::string text;
  for (const auto& wrong : report.wrong_files) {
    text += format("{}: {}\n", printable(wrong.path.string()), wrong.why);
  }
  if (report.intact()) {
    return format("{}: {} in {}, all as they should be\n", printable(report.data.string()), to_text(report.size),
                  counted(report.pieces, "piece"));
  }
  const std::size_t bad = report.wrong_pieces + report.missing_pieces;
  if (bad == 0) return text;
  return text + format("{} of {} wrong or missing; ", bad, counted(report.pieces, "piece")) + first_text(report);
}

Error difference(const CheckReport& report) {
  const std::string place = printable(report.data.string());
  if (report.missing_pieces == report.pieces) {
    return {ErrorKind::verification, format("nothing of the torrent is at {}", place),
            "say where the files are: torrent check FILE.torrent PATH"};
  }
  return {ErrorKind::verification, format("{} is not what the torrent says", place),
          "a BitTorrent client that is given the torrent and this folder fetches what is wrong"};
}

json::Object report_json(const CheckReport& report) {
  json::Array files;
  for (const auto& wrong : report.wrong_files) {
    json::Object object;
    object.set("path", wrong.path.string()).set("why", wrong.why);
    files.add(std::move(object));
  }
  json::Object root;
  root.set("intact", report.intact()).set("path", report.data.string()).set("size", report.size);
  root.set("pieces", report.pieces).set("wrong_pieces", report.wrong_pieces);
  root.set("missing_pieces", report.missing_pieces);
  if (report.first) {
    json::Object first;
    first.set("piece", report.first->piece).set("path", report.first->path.string());
    first.set("offset", report.first->offset);
    root.set("first_wrong", std::move(first));
  } else {
    root.set_null("first_wrong");
  }
  root.set("wrong_files", std::move(files));
  return root;
}

Result<CheckReport> check(const Program& program) {
  const os::Path path = program.words.front();
  const auto summary = torrent::read_summary(path);
  if (!summary) return fail(summary.error());
  const auto data = program.words.size() > 1 ? std::optional<os::Path>(program.words[1]) : std::nullopt;
  const Loudness loudness = loudness_of(program);
  HashingProgress progress(program.screen, program.clock, loudness, {"torrent", 1, summary->size});
  progress.start(summary->name);
  torrent::Turns turns(std::thread::hardware_concurrency());
  return torrent::check(path, data, {turns, program.stop, [&](ByteCount bytes) { progress.add(bytes); }});
}

}  // namespace

ExitCode run_torrent_check(const Program& program) {
  const auto report = check(program);
  if (!report) {
    program.screen.error(report.error());
    return exit_code_of(report.error().kind);
  }
  program.screen.data(program.settings.enabled(config::OptionId::json) ? report_json(*report).text() + "\n"
                                                                       : report_text(*report));
  if (report->intact()) return ExitCode::done;
  program.screen.error(difference(*report));
  return ExitCode::verification;
}

}  // namespace civitai::cli
