// `debug`: what the program would do with its configuration. Nothing here touches the network or a file.
#pragma once

#include "base/result.hpp"
#include "config/load.hpp"
#include "config/settings.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

namespace civitai::cli {

enum class DebugAction { none, show_config, models_url, images_url, config_example, options_page };

// Adds `debug` with its subcommands to `app`; the chosen one is written to `chosen`, its flags to `values`. Both must
// outlive the app.
void add_debug_command(CLI::App& app, config::FlagValues& values, DebugAction& chosen);

// Whose flags the chosen subcommand takes: what config::Inputs::command wants.
[[nodiscard]] config::Command command_of(DebugAction action);

// Whether the subcommand shows the configuration; the others work beside a broken one.
[[nodiscard]] bool needs_settings(DebugAction action);

// The first list request of a run with these settings, exactly as it is sent; one line for each where a run starts with
// several (one per tag and creator). No newline at the end.
using RequestUrl = std::function<std::string(const config::Settings&)>;

struct DebugInputs {
  const config::Settings& settings;
  const config::Environment& environment;
  RequestUrl models_url{};
  RequestUrl images_url{};
};

// What the subcommand prints on standard output, with a newline at its end. Free of secrets.
[[nodiscard]] std::string debug_output(DebugAction action, const DebugInputs& inputs);

}  // namespace civitai::cli
