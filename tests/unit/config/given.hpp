// Builds what config::load takes, one sentence per input.
#pragma once

#include "config/load.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <utility>

namespace civitai::config {

// A folder of its own that goes away with the object.
class TemporaryFolder {
 public:
  TemporaryFolder() : path_(std::filesystem::temp_directory_path() / name()) {
    std::filesystem::create_directories(path_);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  std::filesystem::path write(const std::string& file_name, const std::string& text) const {
    const std::filesystem::path file = path_ / file_name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    return file;
  }

 private:
  static std::string name() { return "config-test-" + std::to_string(std::random_device{}()); }
  std::filesystem::path path_;
};

class Given {
 public:
  Given& command(Command command) {
    inputs_.command = command;
    return *this;
  }
  Given& flag(const std::string& flag, const std::string& text, Command command = Command::download) {
    const Option* const row = find_flag(flag, command);
    EXPECT_NE(row, nullptr) << flag;
    if (row != nullptr) inputs_.flags[row->id].push_back({flag, text});
    return *this;
  }
  Given& variable(const std::string& name, const std::string& value) {
    variables_[name] = value;
    return *this;
  }
  Given& file(const std::string& text) {
    inputs_.candidates = {folder_.write("config.toml", text)};
    return *this;
  }
  Given& standard_input(const std::string& text) {
    inputs_.standard_input = [text]() -> Result<std::string> { return text; };
    return *this;
  }
  [[nodiscard]] const TemporaryFolder& folder() const { return folder_; }
  [[nodiscard]] Inputs& inputs() { return inputs_; }

  // The configuration file's path with its line, as messages tell it.
  [[nodiscard]] std::string line(int number) const {
    return (folder_.path() / "config.toml").string() + ":" + std::to_string(number);
  }

  [[nodiscard]] Result<Settings> load() {
    inputs_.environment = [variables = variables_](const std::string& name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    return config::load(inputs_);
  }
  // The settings of inputs that must be good.
  [[nodiscard]] Settings settings() {
    Result<Settings> loaded = load();
    EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().message);
    return loaded ? *std::move(loaded) : Settings{};
  }
  // The error of inputs that must be refused.
  [[nodiscard]] Error error() {
    const Result<Settings> loaded = load();
    EXPECT_FALSE(loaded);
    return loaded ? Error{} : loaded.error();
  }

 private:
  TemporaryFolder folder_;
  std::map<std::string, std::string> variables_;
  Inputs inputs_;
};

}  // namespace civitai::config
