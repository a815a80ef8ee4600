#include "cli/plan_run.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "cli/progress.hpp"

#include <string>

namespace civitai::cli {
namespace {

using config::OptionId;

// As many as there are connections to a host at most.
constexpr int small_files_at_once = 16;

// Whoever says how many files at once gets so many, whatever their size.
engine::RunOptions run_options(const config::Settings& settings) {
  engine::RunOptions options{.concurrency = settings.count(OptionId::concurrency)};
  if (!settings.given(OptionId::concurrency)) options.small_concurrency = small_files_at_once;
  return options;
}

}  // namespace

PlanRun run_plan(const Program& program, const engine::Plan& plan, Connection& connection, store::Library& library) {
  os::RealFileSystem files;
  Progress progress(program.screen, program.clock, loudness_of(program));
  progress.begin(plan);
  const engine::Tools tools = connection.tools(program, files, progress);
  const auto started = program.clock.steady_now();
  PlanRun run{engine::run(plan, run_options(program.settings), tools, library, program.stop)};
  progress.end();
  run.taken = std::chrono::duration_cast<std::chrono::milliseconds>(program.clock.steady_now() - started);
  return run;
}

Status check_room(const engine::Plan& plan, std::optional<ByteCount> free, std::string_view way_out) {
  if (!free || plan.bytes_to_fetch() <= *free) return {};
  return fail(ErrorKind::disk_full,
              format("{} are needed in {}, {} are free", to_text(plan.bytes_to_fetch()), printable(plan.root.string()),
                     to_text(*free)),
              std::string(way_out));
}

}  // namespace civitai::cli
