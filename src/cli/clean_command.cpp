#include "cli/clean_command.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "config/criteria.hpp"
#include "engine/clean.hpp"
#include "json/writer.hpp"
#include "term/table.hpp"

namespace civitai::cli {
namespace {

using config::OptionId;
using engine::CleanReport;
using engine::Remain;
using engine::Remains;

std::string what(const Remain& remain) {
  std::string text(to_string(remain.kind));
  if (remain.resumable.value > 0) text += format(", {} can be continued", to_text(remain.resumable));
  return text;
}

std::string remains_text(const Remains& remains, std::size_t width) {
  term::Table table({{"Size", term::Align::right},
                     {"Changed (UTC)"},
                     {"What"},
                     {"Kept"},
                     {"File", term::Align::left, true, term::Cut::front}});
  for (const Remain& remain : remains.found) {
    table.add({to_text(remain.size), to_iso8601(remain.changed).substr(0, 19), what(remain),
               std::string(remain.kept ? to_string(*remain.kept) : ""), printable(remain.path.string())});
  }
  return table.empty() ? "" : table.text(width);
}

json::Object remain_json(const Remains& remains, const Remain& remain) {
  json::Object object;
  object.set("path", (remains.root / remain.path).string()).set("kind", to_string(remain.kind));
  object.set("size", remain.size).set("changed_at", to_iso8601(remain.changed));
  object.set("resumable_bytes", remain.resumable);
  if (remain.kept) {
    object.set("kept", to_word(*remain.kept));
  } else {
    object.set_null("kept");
  }
  return object;
}

class Clean {
 public:
  explicit Clean(const Program& program) : program_(program), settings_(program.settings) {}

  ExitCode run() {
    auto policy = clean_policy();
    if (!policy) return failed(policy.error());
    if (asks() && !program_.prompter.is_interactive()) {
      return failed({ErrorKind::usage, "there is no terminal to confirm the removal on",
                     "add --yes to remove without asking, or --dry-run to see what would go"});
    }
    const auto root = std::filesystem::absolute(config::save_path(settings_));
    const auto remains = engine::find_remains(root, *policy, program_.stop);
    if (!remains) return failed(remains.error());
    for (const Error& trouble : remains->troubles) program_.screen.error(trouble);
    return decide(*remains);
  }

 private:
  Result<engine::CleanPolicy> clean_policy() const {
    engine::CleanPolicy policy{.torrents = settings_.enabled(OptionId::clean_torrents),
                               .magnets = settings_.enabled(OptionId::clean_magnets),
                               .keep_resumable = settings_.enabled(OptionId::clean_keep_resumable)};
    const std::string& age = settings_.text(OptionId::clean_older_than);
    if (age.empty()) return policy;
    const auto duration = parse_duration(age);
    if (!duration) {
      return fail(ErrorKind::usage, format("--older-than: expected an age, got \"{}\"", printable(age)),
                  "a number and its unit: 90m, 12h, 7d, 2w");
    }
    policy.changed_before = program_.clock.now() - *duration;
    return policy;
  }

  [[nodiscard]] bool dry() const { return settings_.enabled(OptionId::dry_run); }
  [[nodiscard]] bool json() const { return settings_.enabled(OptionId::json); }
  [[nodiscard]] bool quiet() const { return settings_.enabled(OptionId::quiet); }
  // What the configuration file says of downloads is no leave to remove files.
  [[nodiscard]] bool asks() const {
    const bool told = settings_.origin(OptionId::skip_confirmation).source == config::Source::flag;
    return !dry() && !(told && settings_.enabled(OptionId::skip_confirmation));
  }

  ExitCode failed(const Error& error) {
    program_.screen.error(error);
    return exit_code_of(error.kind);
  }

  ExitCode decide(const Remains& remains) {
    if (dry()) {
      if (json()) {
        print_json(remains, nullptr);
      } else {
        program_.screen.data(remains_text(remains, program_.screen.data_columns()));
        program_.screen.data(total_text(remains));
      }
      return remains.troubles.empty() ? ExitCode::done : ExitCode::some_failed;
    }
    const bool nothing = remains.count() == 0;
    if ((asks() && !nothing) || (!json() && !quiet())) {
      program_.screen.talk(remains_text(remains, program_.screen.talk_columns()) + total_text(remains));
    }
    if (!nothing && asks()) {
      switch (program_.prompter.ask("Remove?")) {
        case term::Answer::yes: break;
        case term::Answer::no: program_.screen.talk("nothing removed\n"); return ExitCode::done;
        case term::Answer::gone: program_.screen.talk("interrupted\n"); return ExitCode::interrupted;
      }
    }
    return remove(remains);
  }

  static std::string total_text(const Remains& remains) {
    const std::size_t kept = remains.found.size() - remains.count();
    const std::string rest = kept > 0 ? format(", {} kept", kept) : "";
    if (remains.count() == 0) return format("nothing to remove in {}{}\n", printable(remains.root.string()), rest);
    return format("to remove: {}, {} in {}{}\n", counted(remains.count(), "entry", "entries"), to_text(remains.size()),
                  printable(remains.root.string()), rest);
  }

  ExitCode remove(const Remains& remains) {
    const CleanReport report = engine::remove_remains(remains, program_.stop);
    for (const Error& error : report.errors) program_.screen.error(error);
    if (json()) {
      print_json(remains, &report);
    } else if (!quiet() && remains.count() > 0) {
      program_.screen.talk(report_text(report));
    }
    if (report.stopped) {
      program_.screen.talk("interrupted\n");
      return ExitCode::interrupted;
    }
    return report.errors.empty() && remains.troubles.empty() ? ExitCode::done : ExitCode::some_failed;
  }

  static std::string report_text(const CleanReport& report) {
    std::string text = format("{} removed, {}", counted(report.files, "file"), to_text(report.bytes));
    if (report.folders > 0) text += format("; {}", counted(report.folders, "empty folder"));
    if (report.taken_up > 0) text += format("; {} left alone, in use by now", report.taken_up);
    return text + "\n";
  }

  void print_json(const Remains& remains, const CleanReport* report) {
    json::Array files;
    for (const Remain& remain : remains.found) files.add(remain_json(remains, remain));
    json::Object root;
    root.set("root", remains.root.string()).set("dry_run", dry()).set("files", std::move(files));
    root.set("to_remove", remains.count()).set("bytes_to_remove", remains.size());
    if (report != nullptr) {
      root.set("removed_files", report->files).set("removed_bytes", report->bytes);
      root.set("removed_folders", report->folders).set("errors", report->errors.size());
    }
    program_.screen.data(root.text() + "\n");
  }

  const Program& program_;
  const config::Settings& settings_;
};

}  // namespace

ExitCode run_clean(const Program& program) { return Clean(program).run(); }

}  // namespace civitai::cli
