#include "cli/debug_command.hpp"

#include "cli/flags.hpp"
#include "config/criteria.hpp"
#include "config/documents.hpp"
#include "config/shown.hpp"
#include "json/writer.hpp"

#include <utility>

namespace civitai::cli {
namespace {

using config::Command;
using config::OptionId;

void set_value(json::Object& object, const std::string& key, const config::ShownValue& value) {
  if (const auto* items = std::get_if<std::vector<std::string>>(&value)) {
    json::Array array;
    for (const std::string& item : *items) array.add(item);
    object.set(key, std::move(array));
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    object.set(key, *text);
  } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
    object.set(key, *number);
  } else {
    object.set(key, std::get<bool>(value));
  }
}

void set_setting(json::Object& object, const config::ShownSetting& setting, bool with_origin) {
  if (!with_origin) return set_value(object, setting.key, setting.value);
  json::Object told;
  set_value(told, "value", setting.value);
  told.set("origin", setting.origin);
  object.set(setting.key, std::move(told));
}

// The file's own keys, its sections as objects; what is not a key of the file is in lower case.
std::string config_as_json(const DebugInputs& inputs) {
  const bool with_origin = inputs.settings.enabled(OptionId::show_origins);
  json::Object root;
  json::Object section;
  std::string section_name;
  for (const config::ShownSetting& setting : shown_settings(inputs.settings)) {
    if (!setting.section.empty()) section_name = setting.section;
    set_setting(setting.section.empty() ? root : section, setting, with_origin);
  }
  root.set(section_name, std::move(section));
  json::Object proxies;
  for (const config::ShownVariable& variable : config::shown_proxies(inputs.environment)) {
    proxies.set(variable.name, variable.value);
  }
  root.set("config_file", inputs.settings.file());
  root.set("database_file", database_path(inputs.settings).string());
  root.set("proxies", std::move(proxies));
  return root.text() + '\n';
}

CLI::App* add_action(CLI::App& parent, const std::string& name, const std::string& help, DebugAction action,
                     DebugAction& chosen) {
  CLI::App* const command = parent.add_subcommand(name, help);
  command->callback([action, &chosen] { chosen = action; });
  return command;
}

}  // namespace

void add_debug_command(CLI::App& app, config::FlagValues& values, DebugAction& chosen) {
  CLI::App* const debug = app.add_subcommand("debug", "Show configuration and requests");
  debug->require_subcommand(1);
  add_flags(*debug, Command::program, values);
  add_flags(*add_action(*debug, "show-config", "Print the merged configuration as JSON, the key masked",
                        DebugAction::show_config, chosen),
            Command::show_config, values);
  CLI::App* const url = debug->add_subcommand("print-api-url", "Print the first request of a command");
  url->require_subcommand(1);
  add_flags(*url, Command::program, values);
  add_flags(*add_action(*url, "download", "The list request of download", DebugAction::models_url, chosen),
            Command::download, values);
  add_flags(*add_action(*url, "images", "The list request of images", DebugAction::images_url, chosen), Command::images,
            values);
  add_flags(*add_action(*debug, "print-config-example", "Print an example of the configuration file",
                        DebugAction::config_example, chosen),
            Command::program, values);
  add_flags(
      *add_action(*debug, "print-options", "Print all options as a Markdown page", DebugAction::options_page, chosen),
      Command::program, values);
}

config::Command command_of(DebugAction action) {
  switch (action) {
    case DebugAction::models_url: return Command::download;
    case DebugAction::images_url: return Command::images;
    case DebugAction::show_config: return Command::show_config;
    case DebugAction::none:
    case DebugAction::config_example:
    case DebugAction::options_page: break;
  }
  return Command::program;
}

bool needs_settings(DebugAction action) {
  return action != DebugAction::config_example && action != DebugAction::options_page;
}

std::string debug_output(DebugAction action, const DebugInputs& inputs) {
  switch (action) {
    case DebugAction::show_config: return config_as_json(inputs);
    case DebugAction::models_url: return inputs.models_url(inputs.settings) + '\n';
    case DebugAction::images_url: return inputs.images_url(inputs.settings) + '\n';
    case DebugAction::config_example: return config::example_toml();
    case DebugAction::options_page: return config::options_markdown();
    case DebugAction::none: break;
  }
  return {};
}

}  // namespace civitai::cli
