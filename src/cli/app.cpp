#include "cli/app.hpp"

#include "api/urls.hpp"
#include "base/format.hpp"
#include "base/version.hpp"
#include "cli/commands.hpp"
#include "cli/connection.hpp"
#include "cli/debug_command.hpp"
#include "cli/flags.hpp"
#include "cli/interrupt.hpp"
#include "config/criteria.hpp"
#include "os/process.hpp"
#include "term/terminal.hpp"
#include "term/text_width.hpp"

#include <cstdlib>
#include <iostream>

#include <poll.h>
#include <unistd.h>

namespace civitai::cli {
namespace {

using config::Command;

// What the arguments chose to run.
struct Choice {
  const CommandRow* row = nullptr;
  DebugAction debug = DebugAction::none;
  std::vector<std::string> words;
};

// The command with these words below `app`; of two words the first is a family, made when it is not there yet. A family
// that is a command itself comes before its members in the table.
CLI::App& add_words(CLI::App& app, const CommandRow& row, config::FlagValues& flags) {
  const std::string words(to_string(row.command));
  const std::string help(row.help);
  const std::size_t space = words.find(' ');
  if (space == std::string::npos) return *app.add_subcommand(words, help);
  const std::string name = words.substr(0, space);
  const std::vector<CLI::App*> known = app.get_subcommands([&](CLI::App* one) { return one->get_name() == name; });
  CLI::App* family = known.empty() ? nullptr : known.front();
  if (family == nullptr) {
    family = app.add_subcommand(name, std::string(family_help(name)));
    family->require_subcommand(1);
    add_flags(*family, Command::program, flags);
  }
  return *family->add_subcommand(words.substr(space + 1), help);
}

void add_command(CLI::App& app, const CommandRow& row, config::FlagValues& flags, Choice& choice) {
  CLI::App& added = add_words(app, row, flags);
  add_flags(added, row.command, flags);
  if (!row.argument.name.empty()) {
    CLI::Option* const words =
        added.add_option(std::string(row.argument.name), choice.words, std::string(row.argument.help));
    words->expected(row.argument.least,
                    row.argument.most > 0 ? row.argument.most : CLI::detail::expected_max_vector_size);
    words->required(row.argument.least > 0)->option_text(" ");
  }
  // Of a family that is a command itself the member is called first.
  added.callback([&row, &choice] {
    if (choice.row == nullptr) choice.row = &row;
  });
}

void add_commands(CLI::App& app, config::FlagValues& flags, Choice& choice) {
  add_flags(app, Command::program, flags);
  for (const CommandRow& row : commands()) add_command(app, row, flags, choice);
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
  inputs.command = choice.row != nullptr ? choice.row->command : command_of(choice.debug);
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
  return choice.row->run(Program{choice.words, settings, screen, log, clock, prompter, interrupt.token()});
}

ExitCode run_arguments(const std::vector<std::string>& arguments, Screen& screen) {
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

}  // namespace

// Data that did not arrive is no success, whatever the command thought.
ExitCode run_program(const std::vector<std::string>& arguments) {
  occupy_standard_streams();
  term::use_utf8_locale();
  Screen screen;
  const ExitCode code = run_arguments(arguments, screen);
  if (!screen.lost_data()) return code;
  screen.error(*screen.lost_data());
  return code == ExitCode::done ? exit_code_of(screen.lost_data()->kind) : code;
}

}  // namespace civitai::cli
