// The merged configuration: each option's value and where it comes from. A pure value; the getters throw when an option
// is asked for as another kind than its row says, which is a fault of the caller.
#pragma once

#include "base/secret.hpp"
#include "config/option.hpp"
#include "config/value.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace civitai::config {

// Where a value comes from; a later one goes before an earlier one.
enum class Source { fallback, file, environment, flag };

struct Origin {
  Source source = Source::fallback;
  std::string name;  // "config.toml:12", "CIVITAI_TOKEN", "--sort"

  friend bool operator==(const Origin&, const Origin&) = default;
};

// "default", "file config.toml:12", "environment CIVITAI_TOKEN", "flag --sort".
[[nodiscard]] std::string to_text(const Origin& origin);
// How a message names an option that was set there: "config.toml:12: Sort", "CIVITAI_TOKEN", "--sort".
[[nodiscard]] std::string label(const Option& option, const Origin& origin);

class Settings {
 public:
  // Every option at its default.
  Settings();

  // Text, path and choice.
  [[nodiscard]] const std::string& text(OptionId id) const { return std::get<std::string>(value(id)); }
  [[nodiscard]] const Secret& secret(OptionId id) const { return std::get<Secret>(value(id)); }
  [[nodiscard]] std::int64_t integer(OptionId id) const { return std::get<std::int64_t>(value(id)); }
  // Of an option whose range ends at 2147483647 or before.
  [[nodiscard]] int count(OptionId id) const { return static_cast<int>(integer(id)); }
  [[nodiscard]] bool enabled(OptionId id) const { return std::get<bool>(value(id)); }
  [[nodiscard]] const std::vector<std::string>& list(OptionId id) const {
    return std::get<std::vector<std::string>>(value(id));
  }

  [[nodiscard]] const Value& value(OptionId id) const { return at(id).value; }
  [[nodiscard]] const Origin& origin(OptionId id) const { return at(id).origin; }
  // Whether anyone set it, even to its default.
  [[nodiscard]] bool given(OptionId id) const { return origin(id).source != Source::fallback; }
  void set(OptionId id, Value value, Origin origin) { settings_[index(id)] = {std::move(value), std::move(origin)}; }

  // The configuration file that was read; empty when there was none.
  [[nodiscard]] const std::string& file() const { return file_; }
  void set_file(std::string file) { file_ = std::move(file); }

  // What a person should know about the configuration: one line each, free of secrets.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
  void warn(std::string warning) { warnings_.push_back(std::move(warning)); }

 private:
  struct Setting {
    Value value;
    Origin origin;
  };
  static std::size_t index(OptionId id) { return static_cast<std::size_t>(id); }
  [[nodiscard]] const Setting& at(OptionId id) const { return settings_[index(id)]; }

  std::vector<Setting> settings_;
  std::string file_;
  std::vector<std::string> warnings_;
};

}  // namespace civitai::config
