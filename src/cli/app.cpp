#include "cli/app.hpp"

#include "api/urls.hpp"
#include "base/format.hpp"
#include "base/version.hpp"
#include "cli/connection.hpp"
#include "cli/db_command.hpp"
#include "cli/debug_command.hpp"
#include "cli/download_command.hpp"
#include "cli/flags.hpp"
#include "cli/interrupt.hpp"
#include "config/criteria.hpp"
#include "os/process.hpp"
#include "term/terminal.hpp"
#include "term/text_width.hpp"

#include <cstdlib>
#include <functional>
#include <iostream>

#include <poll.h>
#include <unistd.h>

namespace civitai::cli {
namespace {

using config::Command;

// What the arguments chose to run.
struct Choice {
  Command command = Command::program;
  DebugAction debug = DebugAction::none;
  std::vector<std::string> words;  // to search for
  std::function<ExitCode(const Program&)> run;
};

CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& help, Command command,
                      config::FlagValues& flags, Choice& choice, std::function<ExitCode(const Program&)> run) {
  CLI::App* const added = parent.add_subcommand(name, help);
  add_flags(*added, command, flags);
  added->callback([command, &choice, run = std::move(run)] {
    choice.command = command;
    choice.run = run;
  });
  return added;
}

void add_commands(CLI::App& app, config::FlagValues& flags, Choice& choice) {
  add_flags(app, Command::program, flags);
  add_command(app, "download", "Choose models, see the plan, confirm, download, verify, record", Command::download,
              flags, choice, run_download);
  CLI::App* const db = app.add_subcommand("db", "Look into the library");
  db->require_subcommand(1);
  add_flags(*db, Command::program, flags);
  add_command(*db, "view", "List every file the library knows", Command::db_view, flags, choice, run_db_view);
  CLI::App* const search = add_command(
      *db, "search", "List the files that match every word: names, creator, tags, trigger words", Command::db_search,
      flags, choice,
      [&choice](const Program& program) { return run_db_search(program, format("{}", join(choice.words, " "))); });
  search->add_option("QUERY", choice.words, "Words to look for")->required();
  add_debug_command(app, flags, choice.debug);
}

config::Environment process_environment() {
  return [](const std::string& name) {
    const char* const value = std::getenv(name.c_str());
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
  };
}

Result<std::string> read_standard_input() {
  std::string text;
  std::getline(std::cin, text, '\0');
  return text;
}

Result<config::Settings> load_settings(const Choice& choice, const config::FlagValues& flags) {
  config::Inputs inputs;
  inputs.flags = flags;
  inputs.command = choice.debug == DebugAction::none ? choice.command : command_of(choice.debug);
  inputs.environment = process_environment();
  inputs.candidates = config::config_candidates(inputs.environment, os::program_folder());
  inputs.standard_input = read_standard_input;
  return config::load(inputs);
}

// The requests that a command starts with, exactly as they are sent.
std::string first_models_url(const config::Settings& settings) {
  const auto site = site_from(settings);
  const ModelQuery query = config::criteria_from(settings).models;
  if (query.version_id) return api::version_url(site->base, query.version_id).wire();
  if (query.model_id) return api::model_url(site->base, query.model_id).wire();
  std::vector<std::string> urls;
  for (const api::ModelPass& pass : api::passes_of(query)) {
    urls.push_back(api::models_url(site->base, query, pass, std::nullopt).wire());
  }
  return format("{}", join(urls, "\n"));
}

std::string first_images_url(const config::Settings& settings) {
  return api::images_url(site_from(settings)->base, config::image_query_from(settings), std::nullopt).wire();
}

ExitCode run_debug(DebugAction action, const config::Settings& settings, Screen& screen) {
  if (const auto site = site_from(settings); !site) {
    screen.error(site.error());
    return exit_code_of(site.error().kind);
  }
  screen.data(debug_output(action, {settings, process_environment(), first_models_url, first_images_url}));
  return ExitCode::done;
}

// Waits for a line, but no longer than until a stop is asked for: the signal itself does not end the wait.
std::optional<std::string> read_line(const std::stop_token& stop) {
  constexpr int look_around_ms = 50;
  pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  while (!stop.stop_requested()) {
    if (::poll(&input, 1, look_around_ms) <= 0) continue;
    std::string line;
    if (!std::getline(std::cin, line)) return std::nullopt;
    return line;
  }
  return std::nullopt;
}

ExitCode run_choice(const Choice& choice, const config::Settings& settings, Screen& screen,
                    const Interrupt& interrupt) {
  const bool quiet = settings.enabled(config::OptionId::quiet);
  const LogLevel level = config::log_level(settings);
  Log log(quiet ? std::max(level, LogLevel::warn) : level, config::log_format(settings),
          [&screen](LogLevel, std::string_view line) { screen.talk(format("{}\n", line)); });
  for (const std::string& warning : settings.warnings()) log.warn("{}", warning);
  RealClock clock;
  const auto person = term::is_terminal(STDIN_FILENO) && term::is_terminal(STDERR_FILENO) ? term::Person::present
                                                                                          : term::Person::absent;
  term::TerminalPrompter prompter(
      person, [&screen](std::string_view text) { screen.talk(text); },
      [stop = interrupt.token()] { return read_line(stop); });
  return choice.run(Program{settings, screen, log, clock, prompter, interrupt.token()});
}

}  // namespace

ExitCode run_program(const std::vector<std::string>& arguments) {
  term::use_utf8_locale();
  Screen screen;
  const Interrupt interrupt([&screen] { screen.talk("stopping; press Ctrl-C again to end at once\n"); });
  CLI::App app("Download, verify and keep models from Civitai", "civitai-downloader");
  app.require_subcommand(1);
  app.set_version_flag("-V,--version", format("civitai-downloader {}\n", program_version()));
  config::FlagValues flags;
  Choice choice;
  add_commands(app, flags, choice);
  const auto parsed = parse_arguments(app, arguments);
  if (!parsed) {
    screen.error(parsed.error());
    return exit_code_of(parsed.error().kind);
  }
  if (parsed->wants_text()) {
    screen.data(parsed->text);
    return ExitCode::done;
  }
  const bool debug = choice.debug != DebugAction::none;
  if (debug && !needs_settings(choice.debug)) return run_debug(choice.debug, config::Settings(), screen);
  const auto settings = load_settings(choice, flags);
  if (!settings) {
    screen.error(settings.error());
    return exit_code_of(settings.error().kind);
  }
  if (!debug) return run_choice(choice, *settings, screen, interrupt);
  for (const std::string& warning : settings->warnings()) screen.talk(format("warning: {}\n", warning));
  return run_debug(choice.debug, *settings, screen);
}

}  // namespace civitai::cli
