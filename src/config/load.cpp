#include "config/load.hpp"

#include "base/format.hpp"
#include "base/text.hpp"
#include "config/consistency.hpp"
#include "config/file_layer.hpp"
#include "config/text_file.hpp"

#include <algorithm>
#include <system_error>

namespace civitai::config {
namespace {

constexpr std::string_view folder_name = "civitai-downloader";
constexpr std::string_view file_name = "config.toml";
constexpr std::size_t largest_token_file = 64U << 10U;

class Loader {
 public:
  explicit Loader(const Inputs& inputs) : inputs_(inputs), home_(inputs.environment("HOME").value_or("")) {}

  Result<Settings> run() {
    // From weak to strong; only the flag that names the file goes before it.
    using Step = Status (Loader::*)();
    for (const Step step : {&Loader::apply_config_flag, &Loader::apply_config_file, &Loader::apply_environment,
                            &Loader::apply_flags, &Loader::apply_token_file}) {
      if (const Status status = (this->*step)(); !status) return fail(status.error());
    }
    if (const Status status = check_together(settings_, inputs_.command); !status) return fail(status.error());
    return std::move(settings_);
  }

 private:
  const std::vector<FlagUse>* uses_of(OptionId id) const {
    const auto found = inputs_.flags.find(id);
    return found == inputs_.flags.end() || found->second.empty() ? nullptr : &found->second;
  }

  Status apply_config_flag() { return apply_flag(option(OptionId::config_file)); }

  Status apply_config_file() {
    if (uses_of(OptionId::config_file) != nullptr) {
      return apply_file(settings_, settings_.text(OptionId::config_file), home_);
    }
    const auto exists = [](const std::filesystem::path& path) {
      std::error_code ignored;
      return std::filesystem::exists(path, ignored) && !std::filesystem::is_directory(path, ignored);
    };
    const auto found = std::find_if(inputs_.candidates.begin(), inputs_.candidates.end(), exists);
    return found == inputs_.candidates.end() ? Status{} : apply_file(settings_, *found, home_);
  }

  // The variable that sets an option; empty when none does.
  Result<std::string> variable_for(const Option& row) const {
    std::string chosen;
    std::string value;
    for (const std::string& name : names(row.environment)) {
      const std::string text(trim(inputs_.environment(name).value_or("")));
      if (text.empty()) continue;
      if (!chosen.empty() && text != value) {
        return fail(ErrorKind::usage, format("{} and {} are both set and differ", chosen, name), "unset one of them");
      }
      if (chosen.empty()) chosen = name;
      value = text;
    }
    return chosen;
  }

  Status apply_environment() {
    for (const Option& row : options()) {
      if (row.environment.empty() || is_set_by_flag(row.id)) continue;
      const Result<std::string> variable = variable_for(row);
      if (!variable) return fail(variable.error());
      if (variable->empty()) continue;
      const std::string text(trim(inputs_.environment(*variable).value_or("")));
      const Status status = set_from_text(row, text, {Source::environment, *variable});
      if (!status) return status;
    }
    return {};
  }

  bool is_set_by_flag(OptionId id) const {
    return uses_of(id == OptionId::api_key ? OptionId::token_file : id) != nullptr;
  }

  Status apply_flags() {
    for (const Option& row : options()) {
      if (const Status status = apply_flag(row); !status) return status;
    }
    return {};
  }

  // The last use of a flag counts; the uses of a list add up.
  Status apply_flag(const Option& row) {
    const std::vector<FlagUse>* const uses = uses_of(row.id);
    if (uses == nullptr) return {};
    if (row.kind == Kind::list) return apply_list(row, *uses);
    const FlagUse& last = uses->back();
    const Status status = set_from_text(row, last.text, {Source::flag, last.flag});
    if (status && last.flag == negation(row)) {
      settings_.set(row.id, !settings_.enabled(row.id), {Source::flag, last.flag});
    }
    return status;
  }

  Status apply_list(const Option& row, const std::vector<FlagUse>& uses) {
    std::vector<std::string> all;
    for (const FlagUse& use : uses) {
      if (const Status status = set_from_text(row, use.text, {Source::flag, use.flag}); !status) return status;
      for (const std::string& item : settings_.list(row.id)) {
        if (std::find(all.begin(), all.end(), item) == all.end()) all.push_back(item);
      }
    }
    settings_.set(row.id, std::move(all), {Source::flag, uses.back().flag});
    return {};
  }

  Status set_from_text(const Option& row, std::string_view text, Origin origin) {
    Result<Value> value = value_from_text(row, text, home_);
    if (!value) return fail(value, origin.name);
    if (const Status status = check(row, *value); !status) return fail(status, origin.name);
    settings_.set(row.id, *std::move(value), std::move(origin));
    return {};
  }

  Result<std::string> read_token() const {
    const std::string& path = settings_.text(OptionId::token_file);
    if (path != "-") return read_text_file(path, largest_token_file);
    if (inputs_.standard_input) return inputs_.standard_input();
    return fail(ErrorKind::usage, "there is no standard input to read from");
  }

  Status apply_token_file() {
    if (uses_of(OptionId::token_file) == nullptr) return {};
    const std::string flag(main_flag(option(OptionId::token_file)));
    const Result<std::string> token = read_token();
    if (!token) return fail(token, flag);
    if (trim(*token).empty()) return fail(ErrorKind::usage, flag + ": there is no key in it");
    return set_from_text(option(OptionId::api_key), *token, {Source::flag, flag});
  }

  const Inputs& inputs_;
  std::string home_;
  Settings settings_;
};

}  // namespace

std::vector<std::filesystem::path> config_candidates(const Environment& environment,
                                                     const std::filesystem::path& program_folder) {
  std::vector<std::filesystem::path> candidates = {file_name};
  if (!program_folder.empty()) candidates.push_back(program_folder / file_name);
  // The XDG convention has relative folders ignored.
  std::filesystem::path base = environment("XDG_CONFIG_HOME").value_or("");
  if (!base.is_absolute()) {
    const std::filesystem::path home = environment("HOME").value_or("");
    base = home.is_absolute() ? home / ".config" : std::filesystem::path{};
  }
  if (!base.empty()) candidates.push_back(base / folder_name / file_name);
  return candidates;
}

Result<Settings> load(const Inputs& inputs) { return Loader(inputs).run(); }

}  // namespace civitai::config
