// Carrying out a plan of model files: the same for every command that fetches some.
#pragma once

#include "cli/connection.hpp"
#include "cli/program.hpp"
#include "engine/run.hpp"
#include "store/library.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace civitai::cli {

struct PlanRun {
  engine::RunReport report;
  std::chrono::milliseconds taken{0};
};

// Shows progress, and troubles as they happen; the sum is for the command to tell.
[[nodiscard]] PlanRun run_plan(const Program& program, const engine::Plan& plan, Connection& connection,
                               store::Library& library);

// Error of kind disk_full when the plan cannot fit; `way_out` is its hint. Nothing in `free`: not known, so it may.
[[nodiscard]] Status check_room(const engine::Plan& plan, std::optional<ByteCount> free, std::string_view way_out);

}  // namespace civitai::cli
