#include "config/consistency.hpp"

#include "base/format.hpp"
#include "config/criteria.hpp"

namespace civitai::config {
namespace {

std::string label_of(const Settings& settings, OptionId id) { return label(option(id), settings.origin(id)); }

void warn_of_unknown_words(Settings& settings, Command command) {
  const bool all = command == Command::show_config;
  for (const Option& row : options()) {
    if (!all && !row.commands.has(command)) continue;
    for (const std::string& doubt : doubts(row, settings.value(row.id))) {
      settings.warn(format("{}: {}", label_of(settings, row.id), doubt));
    }
  }
}

Status check_model_images(Settings& settings) {
  if (!settings.enabled(OptionId::model_images) || settings.enabled(OptionId::model_info)) return {};
  const std::string name = label_of(settings, OptionId::model_images);
  if (settings.origin(OptionId::model_images).source == Source::flag) {
    return fail(ErrorKind::usage, format("{}: needs --model-info", name), "add --model-info");
  }
  settings.warn(format("{}: no effect without ModelInfo", name));
  return {};
}

Status check_all_images(const Settings& settings) {
  const bool idle = settings.enabled(OptionId::all_images) && !settings.enabled(OptionId::version_images) &&
                    !settings.enabled(OptionId::model_images);
  if (!idle || settings.origin(OptionId::all_images).source != Source::flag) return {};
  return fail(ErrorKind::usage,
              format("{}: needs --version-images or --model-images", label_of(settings, OptionId::all_images)),
              "add --version-images");
}

// Flags that choose among models say nothing beside an id; from the file they are silent defaults.
void warn_of_idle_filters(Settings& settings) {
  const ModelQuery wanted = criteria_from(settings).models;
  if (!wanted.version_id && !wanted.model_id) return;
  const OptionId target = wanted.version_id ? OptionId::model_version_id : OptionId::model_id;
  for (const OptionId id : {OptionId::query, OptionId::tags, OptionId::usernames, OptionId::model_types, OptionId::sort,
                            OptionId::period, OptionId::limit, OptionId::max_pages}) {
    if (settings.origin(id).source != Source::flag) continue;
    settings.warn(format("{}: no effect, because {} names one {}", label_of(settings, id), label_of(settings, target),
                         target == OptionId::model_id ? "model" : "version"));
  }
}

}  // namespace

Status check_together(Settings& settings, Command command) {
  warn_of_unknown_words(settings, command);
  if (command != Command::download) return {};
  warn_of_idle_filters(settings);
  if (auto status = check_model_images(settings); !status) return status;
  return check_all_images(settings);
}

}  // namespace civitai::config
