#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/db_command.hpp"
#include "cli/repair.hpp"
#include "cli/trash_session.hpp"
#include "cli/verify_progress.hpp"
#include "cli/verify_view.hpp"
#include "config/criteria.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>

namespace civitai::cli {
namespace {

using config::OptionId;
using engine::FileState;

// "2026-06-02T09:00" or "30d".
Result<std::optional<SystemTime>> since_from(const std::string& text, SystemTime now) {
  if (text.empty()) return std::nullopt;
  if (const auto age = parse_duration(text)) return now - *age;
  if (const auto time = parse_iso8601(text)) return *time;
  return fail(ErrorKind::usage, format("--since: {} is neither a time nor an age", printable(text)),
              "write 2026-06-02, 2026-06-02T09:00, 12h or 30d");
}

// "5%" or "5".
Result<double> share_from(std::string_view text) {
  if (text.empty()) return 1.0;
  const auto percent = parse_double(text.ends_with('%') ? text.substr(0, text.size() - 1) : text);
  if (percent && *percent > 0 && *percent <= 100) return *percent / 100;
  return fail(ErrorKind::usage, format("--sample: {} is no share of the files", printable(text)),
              "write a part of a hundred, such as 5%");
}

class Verification {
 public:
  explicit Verification(const Program& program) : program_(program), settings_(program.settings) {}

  ExitCode run() {
    const auto options = options_from_settings();
    if (!options) return failed(program_, options.error());
    options_ = *options;
    if (auto opened = open(); !opened) return no_library(opened.error());
    if (auto looked = look_for_lost_folders(); !looked) return failed(program_, looked.error());
    started_ = program_.clock.now();
    if (auto verified = verify(); !verified) return failed(program_, verified.error());
    if (auto looked = look_for_moved(); !looked) return end_of(looked.error());
    tell();
    if (report_.stopped_by) return stopped();
    auto repaired = mend();
    if (!repaired) return end_of(repaired.error());
    if (settings_.enabled(OptionId::json)) print_json(*repaired);
    return exit_code(*repaired);
  }

 private:
  Result<engine::VerifyOptions> options_from_settings() const {
    if (settings_.enabled(OptionId::report_only) && settings_.enabled(OptionId::skip_confirmation)) {
      return fail(ErrorKind::usage, "--yes and --no are two answers to one question", "choose one of them");
    }
    const auto since = since_from(settings_.text(OptionId::proven_since), program_.clock.now());
    if (!since) return fail(since.error());
    const auto share = share_from(settings_.text(OptionId::sample));
    if (!share) return fail(share.error());
    const bool hash = settings_.enabled(OptionId::check_hash);
    const bool metadata = settings_.enabled(OptionId::metadata);
    return engine::VerifyOptions{
        .depth = hash ? engine::Depth::hash : engine::Depth::length,
        .proven_since = *since,
        .share = *share,
        .documents = metadata ? engine::VersionDocuments::complete : engine::VersionDocuments::leave};
  }

  // A library that cannot be written can still be looked through.
  Status open() {
    const store::Path path = library_path(program_);
    auto view = store::LibraryView::open(path);
    if (!view) return fail(view.error());
    view_ = std::move(*view);
    auto library = store::Library::open(path, store::Library::Mode::read_write);
    if (library) settle_trash(program_, *library);
    if (!library && library.error().kind == ErrorKind::io) {
      program_.log.warn("{}; nothing is recorded and nothing can be fetched", library.error().message);
      options_.recording = engine::Recording::none;
      library = store::Library::open(path, store::Library::Mode::read_only);
    }
    if (!library) return fail(library.error());
    library_ = std::move(*library);
    return {};
  }

  ExitCode no_library(const Error& error) const {
    if (error.kind != ErrorKind::not_found) return failed(program_, error);
    program_.log.info("there is no library yet at {}", printable(library_path(program_).native()));
    if (settings_.enabled(OptionId::json)) {
      json::Object root;
      root.set("verify", verify_json({}, {}, {})).set_null("repair");
      program_.screen.data(root.text() + "\n");
    }
    return ExitCode::done;
  }

  engine::VerifyTools tools() { return {*library_, *view_, files_, program_.clock}; }

  Loudness loudness() const { return loudness_of(program_); }

  Status verify() {
    const SteadyTime began = program_.clock.steady_now();
    engine::VerifyProgress progress;
    const VerifyDisplay display(program_.screen, progress, loudness());
    auto report = engine::verify(options_, tools(), progress, program_.stop);
    if (!report) return fail(report.error());
    report_ = std::move(*report);
    taken_ = std::chrono::duration_cast<std::chrono::milliseconds>(program_.clock.steady_now() - began);
    return {};
  }

  os::Path root() const {
    return std::filesystem::absolute(config::save_path(settings_) / "").lexically_normal().parent_path();
  }

  // A disk that is not mounted shall not make thousands of files missing, nor have them downloaded again in its place.
  Status look_for_lost_folders() {
    if (settings_.enabled(OptionId::files_gone)) return {};
    auto lost = engine::find_lost_folders(*view_, root());
    if (!lost) return fail(lost.error());
    options_.lost = std::move(*lost);
    for (const engine::LostFolder& folder : options_.lost) {
      program_.log.warn("{} is missing or empty, but the library has {} in it: is a disk not mounted?",
                        printable(folder.path.native()), counted(folder.files, "file"));
    }
    if (!options_.lost.empty()) {
      program_.log.warn("those files are left as they are; if they are really gone, say --gone");
    }
    return {};
  }

  Status look_for_moved() {
    const bool wanted = settings_.enabled(OptionId::fix_paths) && options_.recording == engine::Recording::keep;
    if (!wanted || report_.stopped_by) return {};
    auto cache = store::HashCache::open(library_path(program_), store::Library::Mode::read_write);
    if (!cache) return fail(cache.error());
    auto moved = engine::find_moved(root(), report_, tools(), *cache, program_.stop);
    if (!moved) return fail(moved.error());
    moved_ = std::move(*moved);
    return {};
  }

  void tell() {
    if (!settings_.enabled(OptionId::json)) {
      program_.screen.data(problems_text(report_.problems, program_.screen.data_columns()));
    }
    for (const Error& error : report_.document_errors) program_.screen.error(error);
    if (loudness() == Loudness::quiet || settings_.enabled(OptionId::json)) return;
    for (const engine::Relocation& moved : moved_) {
      program_.screen.talk(
          format("found again: {} is now {}\n", printable(moved.entry.path), printable(moved.path.string())));
    }
    program_.screen.talk(verify_text(report_, moved_.size(), taken_));
  }

  ExitCode stopped() {
    if (settings_.enabled(OptionId::json)) print_json(std::nullopt);
    return end_of(*report_.stopped_by);
  }

  ExitCode end_of(const Error& error) const {
    if (error.kind != ErrorKind::cancelled) return failed(program_, error);
    program_.screen.talk(
        format("interrupted; db verify --since {} goes on with the files that are left\n", to_iso8601(started_)));
    return ExitCode::interrupted;
  }

  std::vector<engine::Problem> wanted() const {
    std::vector<engine::Problem> problems;
    std::copy_if(report_.problems.begin(), report_.problems.end(), std::back_inserter(problems),
                 engine::can_be_fetched);
    return problems;
  }

  // Fetches what is missing or wrong, if the person wants that; nullopt when not.
  Result<std::optional<Repair>> mend() {
    const std::vector<engine::Problem> problems = wanted();
    if (problems.empty() || options_.recording == engine::Recording::none) return std::nullopt;
    const auto agreed = agree(problems);
    if (!agreed) return fail(agreed.error());
    if (!*agreed) return std::nullopt;
    auto done = repair(program_, problems, *library_);
    if (!done) return fail(done.error());
    return std::optional(std::move(*done));
  }

  Result<bool> agree(const std::vector<engine::Problem>& problems) {
    if (settings_.enabled(OptionId::report_only)) return false;
    if (settings_.enabled(OptionId::skip_confirmation)) return true;
    if (!program_.prompter.is_interactive()) {
      program_.log.info("add --yes to download {} again", problems.size() == 1 ? "it" : "them");
      return false;
    }
    ByteCount bytes;
    for (const engine::Problem& problem : problems) bytes += problem.entry.size;
    const std::string question = format("Download {} ({}) again?", counted(problems.size(), "file"), to_text(bytes));
    const term::Answer answer = program_.prompter.ask(question);
    if (answer == term::Answer::gone) return fail(ErrorKind::cancelled, "interrupted");
    return answer == term::Answer::yes;
  }

  void print_json(const std::optional<Repair>& repaired) {
    json::Object root;
    root.set("verify", verify_json(report_, moved_, taken_));
    if (repaired) {
      root.set("repair", repair_json(*repaired));
    } else {
      root.set_null("repair");
    }
    program_.screen.data(root.text() + "\n");
  }

  // What is not here yet is nothing wrong.
  ExitCode exit_code(const std::optional<Repair>& repaired) const {
    if (repaired && repaired->run.report.stopped_by) {
      const Error& why = *repaired->run.report.stopped_by;
      return why.kind == ErrorKind::cancelled ? end_of(why) : exit_code_of(why.kind);
    }
    std::set<FileId> mended;
    if (repaired) mended = repaired->mended();
    const bool wrong = std::any_of(report_.problems.begin(), report_.problems.end(), [&](const auto& problem) {
      return problem.state != FileState::unfinished && !mended.contains(problem.entry.file_id);
    });
    if (wrong) return ExitCode::verification;
    const bool documents =
        report_.document_errors.empty() && (!repaired || repaired->run.report.document_errors.empty());
    return documents ? ExitCode::done : ExitCode::some_failed;
  }

  const Program& program_;
  const config::Settings& settings_;
  os::RealFileSystem files_;
  engine::VerifyOptions options_;
  std::optional<store::LibraryView> view_;
  std::optional<store::Library> library_;
  SystemTime started_;
  engine::VerifyReport report_;
  std::vector<engine::Relocation> moved_;
  std::chrono::milliseconds taken_{0};
};

}  // namespace

ExitCode run_db_verify(const Program& program) { return Verification(program).run(); }

}  // namespace civitai::cli
