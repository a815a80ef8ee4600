#include "base/format.hpp"
#include "base/text.hpp"
#include "cli/db_command.hpp"
#include "cli/plan_policy.hpp"
#include "config/criteria.hpp"
#include "engine/document_scan.hpp"
#include "json/writer.hpp"
#include "store/rebuild.hpp"

#include <filesystem>

namespace civitai::cli {
namespace {

struct Mended {
  store::Rebuilt rebuilt;
  engine::DocumentScan documents;
};

std::string mended_text(const Mended& mended) {
  std::string text;
  for (const store::SalvageSource& source : mended.rebuilt.sources) {
    text += format("{}: {} taken{}\n", printable(source.path.native()), counted(source.rows, "row"),
                   source.whole ? "" : "; not everything could be read");
  }
  text += format("documents beside the models: {}, {} the library had lost\n", mended.documents.documents,
                 counted(mended.documents.files, "file"));
  if (mended.rebuilt.orphans > 0) {
    text += format("left out: {} whose version could not be read\n", counted(mended.rebuilt.orphans, "file"));
  }
  if (!mended.rebuilt.kept.empty()) {
    text += format("the damaged library is kept as {}\n", printable(mended.rebuilt.kept.native()));
  }
  return text + "run db verify to see whether every file is what the library says\n";
}

json::Object mended_json(const Mended& mended) {
  json::Array sources;
  for (const store::SalvageSource& source : mended.rebuilt.sources) {
    json::Object object;
    object.set("path", source.path.native()).set("rows", source.rows).set("whole", source.whole);
    sources.add(std::move(object));
  }
  json::Object root;
  root.set("repaired", true).set("sources", std::move(sources)).set("left_out", mended.rebuilt.orphans);
  root.set("documents", mended.documents.documents).set("files_from_documents", mended.documents.files);
  root.set("kept", mended.rebuilt.kept.native());
  return root;
}

std::vector<store::Path> copies_of(const Program& program, const store::Path& database) {
  std::vector<store::Path> copies = store::known_copies(database);
  // Named by the person, it goes before those of the program.
  const std::string& named = program.settings.text(config::OptionId::repair_from);
  if (!named.empty()) copies.push_back(std::filesystem::absolute(named));
  return copies;
}

Result<Mended> mend(const Program& program, const store::Path& database) {
  Mended mended;
  const auto policy = plan_policy_from(program.settings);
  if (!policy) return fail(policy.error());
  const auto add = [&](store::Library& library) -> Status {
    auto found = engine::record_from_documents(policy->root, policy->file_template, library, program.stop);
    if (!found) return fail(found.error());
    mended.documents = *found;
    return {};
  };
  auto rebuilt = store::rebuild(database, copies_of(program, database), add);
  if (!rebuilt) return fail(rebuilt.error());
  mended.rebuilt = std::move(*rebuilt);
  return mended;
}

ExitCode nothing_to_do(const Program& program) {
  program.log.info("nothing to do: the library is sound");
  if (program.settings.enabled(config::OptionId::json)) {
    json::Object root;
    root.set("repaired", false);
    program.screen.data(root.text() + "\n");
  }
  return ExitCode::done;
}

}  // namespace

ExitCode run_db_repair(const Program& program) {
  const store::Path database = library_path(program);
  const std::string& named = program.settings.text(config::OptionId::repair_from);
  if (!named.empty() && !os::file_size(named)) {
    return failed(program, Error{ErrorKind::not_found, format("there is no backup at {}", printable(named)), {}});
  }
  const auto state = store::examine(database);
  if (!state) return failed(program, state.error());
  if (*state == store::Soundness::sound) return nothing_to_do(program);
  const auto mended = mend(program, database);
  if (!mended) return failed(program, mended.error());
  if (program.settings.enabled(config::OptionId::json)) {
    program.screen.data(mended_json(*mended).text() + "\n");
  } else {
    program.screen.talk(mended_text(*mended));
  }
  return ExitCode::done;
}

}  // namespace civitai::cli
