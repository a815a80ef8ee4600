#include "cli/repair.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "cli/connection.hpp"
#include "cli/plan_policy.hpp"
#include "cli/plan_view.hpp"
#include "cli/progress.hpp"

namespace civitai::cli {
namespace {

using config::OptionId;
using engine::ItemReport;

void tell_refused(const Program& program, const engine::Redownload& wanted) {
  for (const engine::NotPlanned& refused : wanted.not_planned) {
    program.screen.error(refused.error.with_context(
        format("{} / {}", printable(refused.entry.model_name), printable(refused.entry.file_name))));
  }
}

Result<engine::Redownload> plan_it(const Program& program, const std::vector<engine::Problem>& problems,
                                   Connection& connection) {
  const auto policy = plan_policy_from(program.settings);
  if (!policy) return fail(policy.error());
  Progress progress(program.screen, program.clock, loudness_of(program));
  return engine::plan_redownload(problems, *policy, regular_file_size, connection.site(), program.clock, progress,
                                 program.stop);
}

}  // namespace

std::set<FileId> Repair::mended() const {
  std::set<FileId> files;
  for (std::size_t i = 0; i < run.report.items.size(); ++i) {
    const ItemReport::Outcome outcome = run.report.items[i].outcome;
    const bool here = outcome == ItemReport::Outcome::downloaded || outcome == ItemReport::Outcome::adopted;
    if (here) files.insert(wanted.plan.file_of(wanted.plan.items[i].place).id);
  }
  return files;
}

Result<Repair> repair(const Program& program, const std::vector<engine::Problem>& problems, store::Library& library) {
  auto connection = Connection::open(program);
  if (!connection) return fail(connection.error());
  auto wanted = plan_it(program, problems, **connection);
  if (!wanted) return fail(wanted.error());
  Repair result{std::move(*wanted), {}};
  tell_refused(program, result.wanted);
  if (result.wanted.plan.items.empty()) return result;
  result.run = run_plan(program, result.wanted.plan, **connection, library);
  const bool silent = program.settings.enabled(OptionId::json) || loudness_of(program) == Loudness::quiet;
  if (!silent) program.screen.talk(report_text(result.run.report, result.run.taken));
  return result;
}

json::Object repair_json(const Repair& repair) {
  json::Array refused;
  for (const engine::NotPlanned& one : repair.wanted.not_planned) {
    json::Object object;
    object.set("key", entry_key(one.entry.version_id)).set("file_id", one.entry.file_id.value);
    object.set("error", one.error.message);
    refused.add(std::move(object));
  }
  json::Object root;
  root.set("plan", plan_json(repair.wanted.plan, std::nullopt)).set("refused", std::move(refused));
  root.set("report", report_json(repair.wanted.plan, repair.run.report, repair.run.taken));
  return root;
}

}  // namespace civitai::cli
