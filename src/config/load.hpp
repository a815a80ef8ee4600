// Merging flags, environment and the configuration file into Settings: flag before environment before file before
// default. All inputs are passed in; the only files read are the configuration and the token file.
#pragma once

#include "base/result.hpp"
#include "config/option.hpp"
#include "config/settings.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace civitai::config {

// One use of a flag on the command line. A yes-or-no flag without a value has the text "true".
struct FlagUse {
  std::string flag;  // "--sort", "--no-metadata"
  std::string text;
};

// Each option's uses in the order of the command line.
using FlagValues = std::map<OptionId, std::vector<FlagUse>>;

// A variable's value; nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

struct Inputs {
  FlagValues flags{};
  // The command that runs. Doubts about words and about options that do not go together are only told where they
  // matter.
  Command command = Command::program;
  Environment environment = [](const std::string&) { return std::nullopt; };
  // Where to look for the file when no flag names one; the first that exists is read.
  std::vector<std::filesystem::path> candidates{};
  // For `--token-file -`.
  std::function<Result<std::string>()> standard_input{};
};

// ./config.toml, beside the program, $XDG_CONFIG_HOME/civitai-downloader/config.toml (or below ~/.config).
[[nodiscard]] std::vector<std::filesystem::path> config_candidates(const Environment& environment,
                                                                   const std::filesystem::path& program_folder);

// Every failure is of kind usage, names the place ("config.toml:12: Sort", "--limit", "CIVITAI_BASE_URL") and says what
// is allowed. A key that is not known is a warning. No message holds the API key.
[[nodiscard]] Result<Settings> load(const Inputs& inputs);

}  // namespace civitai::config
