#include "cli/db_adopt_command.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "cli/connection.hpp"
#include "cli/db_command.hpp"
#include "cli/plan_policy.hpp"
#include "cli/ticker.hpp"
#include "config/criteria.hpp"
#include "engine/refile.hpp"
#include "json/writer.hpp"

#include <optional>

namespace civitai::cli {
namespace {

using config::OptionId;
using engine::AdoptedFile;
using engine::AdoptOutcome;

class Adopt {
 public:
  explicit Adopt(const Program& program)
      : program_(program),
        folder_(std::filesystem::absolute(program.words.front()).lexically_normal()),
        mode_(program.settings.enabled(OptionId::dry_run) ? engine::AdoptMode::look_only : engine::AdoptMode::record) {}

  ExitCode run() {
    auto connection = Connection::open(program_);
    if (!connection) return failed(connection.error());
    std::error_code ignored;
    // Before a library is made for nothing.
    if (!std::filesystem::is_directory(folder_, ignored)) {
      return failed({ErrorKind::not_found, format("{} is no folder", printable(folder_.native())), ""});
    }
    if (auto opened = open_library(); !opened) return failed(opened.error());
    const auto done =
        work({(*connection)->site(), library_ ? &*library_ : nullptr, cache_ ? &*cache_ : nullptr, files_});
    if (!done) return failed(done.error());
    tell();
    const bool unread = report_.count(AdoptOutcome::unread) > 0;
    return unread || !refiled_.left.empty() ? ExitCode::some_failed : ExitCode::done;
  }

 private:
  // Only looking makes no library where there is none, and writes to none that is there.
  Status open_library() {
    using Mode = store::Library::Mode;
    const bool looks = mode_ == engine::AdoptMode::look_only;
    const store::Path database = library_path(program_);
    auto library = store::Library::open(database, looks ? Mode::read_only : Mode::read_write);
    if (looks && !library && library.error().kind == ErrorKind::not_found) return {};
    if (!library) return fail(library.error());
    library_ = std::move(*library);
    auto cache = store::HashCache::open(database, looks ? Mode::read_only : Mode::read_write);
    if (!cache) return fail(cache.error());
    cache_ = std::move(*cache);
    return {};
  }

  Status work(engine::AdoptTools tools) {
    Ticker ticker(program_);
    tools.on_hashing = [&](const engine::HashProgress& p) {
      ticker.tick([&] {
        return format("reading {} of {}, {} of {}", p.files, counted(p.of_files, "file"), to_text(p.bytes),
                      to_text(p.of_bytes));
      });
    };
    tools.on_step = [&](std::string_view what) { program_.log.debug("{}", what); };
    std::optional<engine::RefilePolicy> policy;
    if (program_.settings.enabled(OptionId::move_files)) {
      auto planned = plan_policy_from(program_.settings);
      if (!planned) return fail(planned.error());
      policy = {std::move(planned->root), std::move(planned->file_template)};
      if (auto done = heal(*policy, tools); !done) return done;
    }
    auto report = engine::adopt(folder_, mode_, tools, program_.stop);
    if (!report) return fail(report.error());
    report_ = std::move(*report);
    if (!policy) return {};
    auto refiled = engine::refile(report_, *policy, mode_, tools, program_.stop);
    if (!refiled) return fail(refiled.error());
    refiled_ = std::move(*refiled);
    return {};
  }

  Status heal(const engine::RefilePolicy& policy, const engine::AdoptTools& tools) {
    if (mode_ == engine::AdoptMode::look_only) return {};
    const auto healed = engine::find_refiled(policy, tools);
    if (!healed) return fail(healed.error());
    if (*healed > 0) program_.log.info("{} found where an earlier run had moved them", counted(*healed, "file"));
    return {};
  }

  ExitCode failed(const Error& error) {
    if (error.kind == ErrorKind::cancelled) {
      program_.screen.talk("interrupted; run the same command again to continue: no file is read twice\n");
    } else {
      program_.screen.error(error);
    }
    return exit_code_of(error.kind);
  }

  void tell() {
    for (const std::string& notice : report_.notices) program_.log.warn("{}", notice);
    if (program_.settings.enabled(OptionId::json)) {
      program_.screen.data(json() + "\n");
    } else {
      program_.screen.data(text());
    }
  }

  // What a person has to know of single files: those that did not simply join.
  static std::string line(const AdoptedFile& file) {
    const std::string path = printable(file.path.native());
    const std::string other = file.other ? printable(file.other->native()) : "";
    switch (file.outcome) {
      case AdoptOutcome::unknown: return format("unknown    {}\n", path);
      case AdoptOutcome::unread: return format("unread     {}\n", path);
      case AdoptOutcome::duplicate: return format("duplicate  {} (of {})\n", path, other);
      case AdoptOutcome::found: return format("found      {} (was {})\n", path, other);
      case AdoptOutcome::known:
      case AdoptOutcome::adopted: return "";
    }
    return "";
  }

  std::string text() const {
    std::string text;
    for (const AdoptedFile& file : report_.files) text += line(file);
    const bool dry = mode_ == engine::AdoptMode::look_only;
    for (const auto& move : refiled_.moved) {
      text += format("{}      {} to {}\n", dry ? "move " : "moved", printable(move.from.native()),
                     printable(move.to.native()));
    }
    for (const auto& left : refiled_.left)
      text += format("left       {}: {}\n", printable(left.path.native()), left.why);
    text += format("{}: {} {}", counted(report_.files.size(), "model file"), report_.count(AdoptOutcome::adopted),
                   dry ? "to be adopted" : "adopted");
    constexpr AdoptOutcome others[] = {AdoptOutcome::known, AdoptOutcome::found, AdoptOutcome::duplicate,
                                       AdoptOutcome::unknown, AdoptOutcome::unread};
    for (const AdoptOutcome outcome : others) {
      if (report_.count(outcome) > 0) text += format(", {} {}", report_.count(outcome), word(outcome));
    }
    return text + "\n";
  }

  static std::string_view word(AdoptOutcome outcome) {
    switch (outcome) {
      case AdoptOutcome::known: return "in the library already";
      case AdoptOutcome::found: return "found again";
      case AdoptOutcome::duplicate: return "twice on the disk";
      case AdoptOutcome::unknown: return "unknown to the site";
      default: return to_string(outcome);
    }
  }

  static json::Object file_json(const AdoptedFile& file) {
    json::Object object;
    object.set("outcome", to_string(file.outcome)).set("path", file.path.native()).set("size", file.size);
    object.set("sha256", file.sha256);
    if (file.entry.file_id) {
      object.set("key", entry_key(file.entry.version_id)).set("model_id", file.entry.model_id.value);
      object.set("model_name", file.entry.model_name).set("version_id", file.entry.version_id.value);
      object.set("file_id", file.entry.file_id.value).set("file_name", file.entry.file_name);
    }
    if (file.other) object.set("other_path", file.other->native());
    return object;
  }

  std::string json() const {
    json::Array files;
    for (const AdoptedFile& file : report_.files) files.add(file_json(file));
    json::Array moved;
    for (const auto& move : refiled_.moved) {
      moved.add(std::move(json::Object().set("from", move.from.native()).set("to", move.to.native())));
    }
    json::Array left;
    for (const auto& one : refiled_.left) {
      left.add(std::move(json::Object().set("path", one.path.native()).set("why", one.why)));
    }
    json::Object root;
    root.set("dry_run", mode_ == engine::AdoptMode::look_only).set("files", std::move(files));
    root.set("moved", std::move(moved)).set("left", std::move(left));
    return root.text();
  }

  const Program& program_;
  os::Path folder_;
  engine::AdoptMode mode_;
  os::RealFileSystem files_;
  std::optional<store::Library> library_;
  std::optional<store::HashCache> cache_;
  engine::AdoptReport report_;
  engine::RefileReport refiled_;
};

}  // namespace

ExitCode run_db_adopt(const Program& program) { return Adopt(program).run(); }

}  // namespace civitai::cli
