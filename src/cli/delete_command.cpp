#include "cli/delete_command.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "cli/trash_session.hpp"
#include "config/criteria.hpp"
#include "engine/entry_choice.hpp"
#include "store/library_view.hpp"
#include "term/choice.hpp"
#include "term/table.hpp"

#include <algorithm>
#include <optional>

namespace civitai::cli {
namespace {

using config::OptionId;
using Entries = std::vector<LibraryEntry>;

template <class Id>
std::vector<Id> ids_of(const std::vector<std::string>& texts) {
  std::vector<Id> ids;
  ids.reserve(texts.size());
  for (const std::string& text : texts) ids.push_back({parse_integer(text).value_or(0)});
  return ids;
}

std::string what_of(const engine::RemovalItem& item, engine::Contents contents) {
  if (item.refusal) return format("stays: {}", printable(item.refusal->message));
  if (contents == engine::Contents::stay) return "record only";
  if (!item.content) return item.entry.status == EntryStatus::downloaded ? "file missing, record only" : "record only";
  return item.companions.empty() ? "file" : format("file and {} beside it", item.companions.size());
}

class Delete {
 public:
  explicit Delete(const Program& program) : program_(program), settings_(program.settings) {}

  ExitCode run() {
    if (auto status = check_wish(); !status) return failed(status.error());
    const auto mode = dry() ? store::Library::Mode::read_only : store::Library::Mode::read_write;
    auto session = TrashSession::open(program_, mode);
    if (!session) return failed(session.error());
    session_ = std::move(*session);
    auto library = session_->library().entries();
    if (!library) return failed(library.error());
    auto chosen = choose_entries(*library);
    if (!chosen) return failed(chosen.error());
    if (chosen->empty()) return nothing_chosen();
    const engine::Removal removal = engine::plan_removal(*chosen, *library, session_->root(), contents());
    return decide(removal);
  }

 private:
  bool dry() const { return settings_.enabled(OptionId::dry_run); }
  bool json() const { return settings_.enabled(OptionId::json); }
  bool asks() const { return !dry() && !settings_.enabled(OptionId::assume_yes); }
  bool quiet() const { return settings_.enabled(OptionId::quiet); }
  const std::string& search_words() const { return settings_.text(OptionId::delete_search); }
  engine::Contents contents() const {
    return settings_.enabled(OptionId::keep_files) ? engine::Contents::stay : engine::Contents::into_trash;
  }

  engine::EntryChoice wish() const {
    return {.models = ids_of<ModelId>(settings_.list(OptionId::delete_model_ids)),
            .versions = ids_of<VersionId>(settings_.list(OptionId::delete_version_ids)),
            .files = ids_of<FileId>(settings_.list(OptionId::delete_file_ids)),
            .creators = settings_.list(OptionId::delete_usernames),
            .keys = program_.words};
  }

  Status check_wish() const {
    if (wish().empty() && search_words().empty()) {
      return fail(ErrorKind::usage, "nothing says what to delete",
                  "name keys (v_123), or use --model-id, --version-id, --file-id, --username or --search");
    }
    if (!asks() || program_.prompter.is_interactive()) return {};
    return fail(ErrorKind::usage, "there is no terminal to confirm the deletion on",
                "add --yes to delete without asking, or --dry-run to see what would go");
  }

  ExitCode failed(const Error& error) {
    if (error.kind == ErrorKind::cancelled) {
      program_.screen.talk("nothing deleted\n");
      return ExitCode::interrupted;
    }
    program_.screen.error(error);
    return exit_code_of(error.kind);
  }

  ExitCode nothing_chosen() {
    if (!unmatched_) {
      program_.screen.talk("nothing deleted\n");
      return ExitCode::done;
    }
    return failed({ErrorKind::not_found, "the library has nothing of what is to be deleted", "`db view` lists it"});
  }

  Result<Entries> choose_entries(const Entries& library) {
    engine::Chosen chosen = engine::choose(library, wish());
    for (const std::string& what : chosen.unmatched) program_.log.warn("the library has nothing of {}", what);
    unmatched_ = !chosen.unmatched.empty();
    if (search_words().empty()) return std::move(chosen.entries);
    auto found = search();
    if (!found) return found;
    if (found->empty()) {
      unmatched_ = true;
      program_.log.warn("the library has nothing of '{}'", printable(search_words()));
      return std::move(chosen.entries);
    }
    if (asks()) {
      found = ask_for_numbers(std::move(*found));
      if (!found) return found;
    }
    for (LibraryEntry& entry : *found) {
      const bool known = std::any_of(chosen.entries.begin(), chosen.entries.end(),
                                     [&](const LibraryEntry& one) { return one.file_id == entry.file_id; });
      if (!known) chosen.entries.push_back(std::move(entry));
    }
    return std::move(chosen.entries);
  }

  Result<Entries> search() const {
    auto view = store::LibraryView::open(std::filesystem::absolute(config::database_path(settings_)));
    if (!view) return fail(view.error());
    auto found = view->search(search_words(), 0);
    if (!found) return fail(found.error());
    return std::move(found->entries);
  }

  Result<Entries> ask_for_numbers(Entries found) {
    term::Table table({{"#", term::Align::right},
                       {"Model", term::Align::left, true},
                       {"Version", term::Align::left, true},
                       {"Creator", term::Align::left, true},
                       {"Type"},
                       {"Status"},
                       {"Size", term::Align::right},
                       {"Key"}});
    for (std::size_t i = 0; i < found.size(); ++i) {
      const LibraryEntry& entry = found[i];
      table.add({format("{}", i + 1), printable(entry.model_name), printable(entry.version_name),
                 printable(entry.creator), printable(entry.model_type), std::string(to_string(entry.status)),
                 to_text(entry.size), entry_key(entry.version_id)});
    }
    program_.screen.talk(table.text(program_.screen.talk_columns()));
    for (;;) {
      const auto line = program_.prompter.ask_line("Which ones? (1,3,5 or 1-3 or all; q for none)");
      if (!line) return fail(ErrorKind::cancelled, "interrupted");
      const auto rows = term::parse_choice(*line, found.size());
      if (!rows) {
        program_.screen.talk(format("{}\n", rows.error().message));
        continue;
      }
      Entries picked;
      for (const std::size_t row : *rows) picked.push_back(std::move(found[row]));
      return picked;
    }
  }

  std::string removal_text(const engine::Removal& removal, std::size_t width) const {
    term::Table table({{"Model", term::Align::left, true},
                       {"Version", term::Align::left, true},
                       {"Creator", term::Align::left, true},
                       {"Type"},
                       {"Size", term::Align::right},
                       {"Key"},
                       {"What goes", term::Align::left, true},
                       {"File", term::Align::left, true, term::Cut::front}});
    for (const engine::RemovalItem& item : removal.items) {
      const LibraryEntry& entry = item.entry;
      table.add({printable(entry.model_name), printable(entry.version_name), printable(entry.creator),
                 printable(entry.model_type), to_text(item.bytes()), entry_key(entry.version_id),
                 what_of(item, contents()),
                 printable(os::Path(entry.path).lexically_relative(session_->root()).string())});
    }
    std::string text = table.text(width);
    for (const engine::RemovalPath& folder : removal.folders) {
      text += format("and {} ({})\n", printable(folder.path.string()), to_text(folder.size));
    }
    return text + format("{}, {}\n", counted(removal.items.size(), "entry", "entries"), to_text(removal.bytes()));
  }

  ExitCode decide(const engine::Removal& removal) {
    if (dry()) return show_only(removal);
    if (asks()) {
      program_.screen.talk(removal_text(removal, program_.screen.talk_columns()));
      const std::string question =
          contents() == engine::Contents::stay
              ? format("Take {} off the library?", counted(removal.items.size(), "entry", "entries"))
              : format("Move {} into the trash?", counted(removal.items.size(), "entry", "entries"));
      switch (program_.prompter.ask(question)) {
        case term::Answer::yes: break;
        case term::Answer::no: program_.screen.talk("nothing deleted\n"); return ExitCode::done;
        case term::Answer::gone: return failed({ErrorKind::cancelled, "interrupted", {}});
      }
    }
    const auto report = engine::remove_entries(session_->tools(), removal);
    if (!report) return failed(report.error());
    return tell(*report);
  }

  ExitCode show_only(const engine::Removal& removal) {
    if (!json()) {
      program_.screen.data(removal_text(removal, program_.screen.data_columns()));
      program_.screen.talk("nothing was changed\n");
      return ExitCode::done;
    }
    json::Array items;
    for (const engine::RemovalItem& item : removal.items) {
      json::Object object;
      object.set("key", entry_key(item.entry.version_id)).set("model_name", item.entry.model_name);
      object.set("file_id", item.entry.file_id.value).set("path", item.entry.path).set("size", item.bytes());
      object.set("refused", item.refusal ? std::optional(item.refusal->message) : std::nullopt);
      items.add(std::move(object));
    }
    json::Array folders;
    for (const engine::RemovalPath& folder : removal.folders) folders.add(folder.path.string());
    json::Object root;
    root.set("dry_run", true).set("bytes", removal.bytes());
    root.set("entries", std::move(items)).set("folders", std::move(folders));
    program_.screen.data(root.text() + "\n");
    return ExitCode::done;
  }

  ExitCode tell(const engine::TrashReport& report) {
    tell_troubles(program_, report);
    if (json()) {
      json::Object root;
      root.set("dry_run", false);
      set_report(root, report);
      program_.screen.data(root.text() + "\n");
    } else if (!quiet() && !report.files.empty()) {
      program_.screen.talk(report_text(report));
    }
    if (report.errors.empty()) return ExitCode::done;
    return report.files.empty() ? exit_code_of(report.errors.front().kind) : ExitCode::some_failed;
  }

  std::string report_text(const engine::TrashReport& report) const {
    const std::string entries = counted(report.files.size(), "entry", "entries");
    if (contents() == engine::Contents::stay) {
      return format("{} taken off the library; no file was touched\nhint: `undo` brings them back\n", entries);
    }
    const std::string missing =
        report.missing.empty() ? "" : format(", {} of them without a file", report.missing.size());
    return format("{} deleted{}; {} in the trash\nhint: `undo` brings them back, `trash empty` frees the space\n",
                  entries, missing, to_text(report.bytes()));
  }

  const Program& program_;
  const config::Settings& settings_;
  std::unique_ptr<TrashSession> session_;
  bool unmatched_ = false;  // something was named that the library does not have
};

}  // namespace

ExitCode run_delete(const Program& program) { return Delete(program).run(); }

}  // namespace civitai::cli
