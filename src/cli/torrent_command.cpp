#include "cli/torrent_command.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "base/version.hpp"
#include "cli/hashing_progress.hpp"
#include "config/criteria.hpp"
#include "engine/torrents.hpp"
#include "json/writer.hpp"
#include "store/library.hpp"

#include <algorithm>
#include <set>

namespace civitai::cli {
namespace {

using config::OptionId;
using engine::TorrentItem;
using engine::TorrentPer;
using engine::TorrentPolicy;
using engine::TorrentReport;
using engine::TorrentUnit;

TorrentPer per_from(std::string_view word) {
  if (word == "file") return TorrentPer::file;
  return word == "version" ? TorrentPer::version : TorrentPer::model;
}

std::string_view word_of(TorrentItem::Outcome outcome) {
  switch (outcome) {
    case TorrentItem::Outcome::not_started: return "not_started";
    case TorrentItem::Outcome::made: return "made";
    case TorrentItem::Outcome::kept: return "kept";
    case TorrentItem::Outcome::failed: return "failed";
  }
  return "";
}

// Text that is known, or null.
void set_known(json::Object& object, std::string_view key, const std::string& text) {
  if (text.empty()) {
    object.set_null(key);
  } else {
    object.set(key, text);
  }
}

json::Object item_json(const TorrentUnit& unit, const TorrentItem& item) {
  json::Object object;
  object.set("outcome", word_of(item.outcome)).set("title", unit.title());
  object.set("model_id", unit.first().model_id.value);
  json::Array files;
  for (const LibraryEntry& entry : unit.entries) files.add(entry.file_id.value);
  object.set("file_ids", std::move(files));
  set_known(object, "torrent", item.torrent.string());
  set_known(object, "magnet_file", item.magnet_file ? item.magnet_file->string() : "");
  set_known(object, "magnet", item.magnet);
  set_known(object, "info_hash", item.info_hash);
  set_known(object, "info_hash_v2", item.info_hash_v2);
  object.set("size", item.size).set("files", item.files);
  object.set("piece_length", item.piece_length).set("pieces", item.pieces);
  set_known(object, "error", item.error ? item.error->message : "");
  return object;
}

class MakeTorrents {
 public:
  explicit MakeTorrents(const Program& program) : program_(program), settings_(program.settings) {}

  ExitCode run() {
    auto policy = policy_from_settings();
    if (!policy) return failed(policy.error());
    auto entries = read_library();
    if (!entries) return failed(entries.error());
    const auto models = wanted_models();
    const auto units = engine::torrent_units(*entries, per_from(settings_.text(OptionId::torrent_per)), models);
    warn_of_seeds(units.size());
    if (units.empty()) return nothing(models);
    const auto started = program_.clock.steady_now();
    const TorrentReport report = make(units, engine::LibraryFolders(*entries), *policy);
    const std::chrono::duration<double> taken = program_.clock.steady_now() - started;
    return tell(units, report, taken.count());
  }

 private:
  ExitCode failed(const Error& error) {
    program_.screen.error(error);
    return exit_code_of(error.kind);
  }

  [[nodiscard]] bool json() const { return settings_.enabled(OptionId::json); }
  [[nodiscard]] Loudness loudness() const {
    return settings_.enabled(OptionId::quiet) ? Loudness::quiet : Loudness::normal;
  }

  // Each address once, in the order given.
  static Result<std::vector<std::string>> addresses(const std::vector<std::string>& given, std::string_view flag,
                                                    Status (*check)(std::string_view)) {
    std::vector<std::string> unique;
    for (const std::string& url : given) {
      if (auto status = check(url); !status) return fail(status, flag);
      if (std::find(unique.begin(), unique.end(), url) == unique.end()) unique.push_back(url);
    }
    return unique;
  }

  Result<torrent::Recipe> recipe() const {
    auto trackers = addresses(settings_.list(OptionId::torrent_announce), "--announce", torrent::check_tracker);
    if (!trackers) return fail(trackers.error());
    if (trackers->empty()) {
      return fail(ErrorKind::usage, "at least one --announce URL is required",
                  "the address of a tracker, such as udp://tracker.opentrackr.org:1337/announce");
    }
    auto seeds = addresses(settings_.list(OptionId::torrent_web_seeds), "--web-seed", torrent::check_web_seed);
    if (!seeds) return fail(seeds.error());
    const bool v1 = settings_.enabled(OptionId::torrent_v1);
    const bool v2 = settings_.enabled(OptionId::torrent_v2);
    torrent::Recipe recipe{.protocol = v1 == v2 ? torrent::Protocol::hybrid
                                       : v1     ? torrent::Protocol::v1
                                                : torrent::Protocol::v2};
    if (const std::string& size = settings_.text(OptionId::torrent_piece_size); !size.empty()) {
      auto length = torrent::parse_piece_length(size);
      if (!length) return fail(length, "--piece-size");
      recipe.piece_length = *length;
    }
    recipe.trackers = std::move(*trackers);
    recipe.web_seeds = std::move(*seeds);
    if (settings_.enabled(OptionId::torrent_same_tier)) recipe.tiers = torrent::Tiers::same;
    if (settings_.enabled(OptionId::torrent_private)) recipe.visibility = torrent::Visibility::private_;
    recipe.source = settings_.text(OptionId::torrent_source);
    recipe.comment = settings_.text(OptionId::torrent_comment);
    recipe.creator = user_agent();
    recipe.created = program_.clock.now();
    return recipe;
  }

  Result<TorrentPolicy> policy_from_settings() const {
    auto made_of = recipe();
    if (!made_of) return fail(made_of.error());
    TorrentPolicy policy{.recipe = std::move(*made_of),
                         .save_path = std::filesystem::absolute(config::save_path(settings_)).lexically_normal(),
                         .output = {},
                         .concurrency = settings_.count(OptionId::torrent_concurrency)};
    if (const std::string& output = settings_.text(OptionId::torrent_output_dir); !output.empty()) {
      policy.output = std::filesystem::absolute(output).lexically_normal();
      if (auto status = os::check_creatable(*policy.output); !status) return fail(status.error());
    }
    if (settings_.enabled(OptionId::torrent_overwrite)) policy.existing = TorrentPolicy::Existing::replace;
    if (settings_.enabled(OptionId::torrent_magnet_links)) policy.magnets = TorrentPolicy::Magnets::write;
    if (settings_.enabled(OptionId::torrent_verify)) policy.proof = TorrentPolicy::Proof::hash;
    return policy;
  }

  Result<std::vector<LibraryEntry>> read_library() const {
    const auto path = std::filesystem::absolute(config::database_path(settings_));
    auto library = store::Library::open(path, store::Library::Mode::read_only);
    if (library) return library->entries();
    if (library.error().kind != ErrorKind::not_found) return fail(library.error());
    return fail(ErrorKind::not_found, format("there is no library at {}", path.string()),
                "torrents are made of what was downloaded; --save-path names the folder");
  }

  [[nodiscard]] std::vector<ModelId> wanted_models() const {
    std::vector<ModelId> models;
    for (const std::string& id : settings_.list(OptionId::torrent_model_ids)) {
      models.push_back({parse_integer(id).value_or(0)});
    }
    return models;
  }

  // One address cannot be that of several files.
  void warn_of_seeds(std::size_t units) {
    const auto& seeds = settings_.list(OptionId::torrent_web_seeds);
    const bool ambiguous =
        units > 1 && settings_.text(OptionId::torrent_per) == "file" &&
        std::any_of(seeds.begin(), seeds.end(), [](const std::string& url) { return !url.ends_with('/'); });
    if (ambiguous) program_.log.warn("--web-seed names one file for several torrents; end it with / for a folder");
  }

  ExitCode nothing(const std::vector<ModelId>& models) {
    if (!models.empty()) {
      return failed(
          {ErrorKind::not_found, "the library has no downloaded file of these models", "`db view` lists what it has"});
    }
    if (json()) program_.screen.data(report_json({}, {}, 0).text() + "\n");
    program_.log.info("the library has no downloaded file");
    return ExitCode::done;
  }

  TorrentReport make(const std::vector<TorrentUnit>& units, const engine::LibraryFolders& folders,
                     const TorrentPolicy& policy) {
    HashingProgress::Job job{"torrent", units.size(), {}};
    for (const TorrentUnit& unit : units) job.total += unit.size();
    if (policy.proof == TorrentPolicy::Proof::hash) job.total += job.total;
    HashingProgress progress(program_.screen, program_.clock, loudness(), std::move(job));
    const engine::TorrentListener listener{
        .on_start = [&](std::size_t unit) { progress.start(units[unit].title()); },
        .on_bytes = [&](ByteCount bytes) { progress.add(bytes); },
        .on_end =
            [&](std::size_t unit, const TorrentItem& item) {
              progress.finish();
              tell_one(units[unit], item);
            },
    };
    return engine::make_torrents(units, folders, policy, listener, program_.stop);
  }

  void tell_one(const TorrentUnit& unit, const TorrentItem& item) {
    if (item.error) program_.screen.error(item.error->with_context(unit.title()));
    const bool told = item.outcome == TorrentItem::Outcome::made && loudness() == Loudness::normal;
    if (told) program_.screen.talk(format("made {}\n", printable(item.torrent.string())));
  }

  static json::Object report_json(const std::vector<TorrentUnit>& units, const TorrentReport& report, double seconds) {
    json::Array items;
    for (std::size_t i = 0; i < units.size(); ++i) items.add(item_json(units[i], report.items[i]));
    json::Object root;
    for (const auto outcome : {TorrentItem::Outcome::made, TorrentItem::Outcome::kept, TorrentItem::Outcome::failed,
                               TorrentItem::Outcome::not_started}) {
      root.set(word_of(outcome), report.count(outcome));
    }
    root.set("seconds", seconds).set("torrents", std::move(items));
    return root;
  }

  ExitCode tell(const std::vector<TorrentUnit>& units, const TorrentReport& report, double seconds) {
    if (json()) program_.screen.data(report_json(units, report, seconds).text() + "\n");
    if (!json() && loudness() == Loudness::normal) program_.screen.talk(summary(report, seconds));
    if (!report.stopped_by) return code_of(report);
    if (report.stopped_by->kind == ErrorKind::cancelled) {
      program_.screen.talk("interrupted; run the same command again for the rest\n");
    }
    return exit_code_of(report.stopped_by->kind);
  }

  static std::string summary(const TorrentReport& report, double seconds) {
    ByteCount bytes;
    for (const TorrentItem& item : report.items) {
      if (item.outcome == TorrentItem::Outcome::made) bytes += item.size;
    }
    std::string text = format("{} made", counted(report.count(TorrentItem::Outcome::made), "torrent"));
    if (const auto n = report.count(TorrentItem::Outcome::kept); n > 0) text += format(", {} kept as they are", n);
    if (const auto n = report.count(TorrentItem::Outcome::failed); n > 0) text += format(", {} failed", n);
    return text + format("; {} in {:.1f} s\n", to_text(bytes), seconds);
  }

  // The common kind where everything failed for one reason.
  static ExitCode code_of(const TorrentReport& report) {
    std::set<ErrorKind> kinds;
    for (const TorrentItem& item : report.items) {
      if (item.error) kinds.insert(item.error->kind);
    }
    if (kinds.empty()) return ExitCode::done;
    const bool all = report.count(TorrentItem::Outcome::failed) == report.items.size();
    return all && kinds.size() == 1 ? exit_code_of(*kinds.begin()) : ExitCode::some_failed;
  }

  const Program& program_;
  const config::Settings& settings_;
};

}  // namespace

ExitCode run_torrent(const Program& program) { return MakeTorrents(program).run(); }

}  // namespace civitai::cli
