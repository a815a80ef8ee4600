// A whole small world for one test: a stand-in site, a folder, and the program on it.
//
//   World world(one_file());
//   world.fault("storage=reset-after:100000@1");
//   expect_all_here(world, world.run());
//
// When it ends it checks what must never happen: a credential on another host or in a log, a file under a final name
// that is not what the site has, a record without its file, anything outside the folder, a foreign file that changed.
#pragma once

#include "base/format.hpp"
#include "support/downloader.hpp"
#include "support/temp_dir.hpp"
#include "support/truth.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace civitai::test {

struct WorldSettings {
  standin::Options site = {};
  DownloaderSettings program = {};  // `url` and `folder` are the world's to fill
};

class World {
 public:
  explicit World(standin::Catalogue catalogue, WorldSettings settings = {})
      : settings_(std::move(settings.program)), site_(std::move(settings.site), std::move(catalogue)) {
    truth_.learn(site_);
    site_.journal().set_listener([this](const standin::JournalEntry&) { finished_.with([](auto& n) { ++n; }); });
    settings_.url = site_.api_url();
    settings_.folder = folder_.path();
    restart();
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World() {
    keep_lines();
    check_folder();
    check_library();
    check_secrets();
    program_.reset();
  }

  [[nodiscard]] standin::Site& site() { return site_; }
  [[nodiscard]] standin::Journal& journal() { return site_.journal(); }
  [[nodiscard]] const TempDir& folder() const { return folder_; }
  [[nodiscard]] os::Path root() const { return folder_.path() / "models"; }

  // A fault as the site writes it: "storage=reset-after:65536@1".
  void fault(std::string_view rule) { site_.faults().add(rule); }
  void faults(const std::vector<std::string>& rules) {
    for (const std::string& rule : rules) fault(rule);
  }
  void change(const std::function<void(standin::Catalogue&)>& change) {
    site_.change(change);
    truth_.learn(site_);
  }

  [[nodiscard]] Downloader& program() { return *program_; }
  // The program starts anew, perhaps with other settings.
  void restart(const std::function<void(DownloaderSettings&)>& change = {}) {
    end_program();
    if (change) change(settings_);
    program_ = std::make_unique<Downloader>(settings_);
  }
  // Nobody holds the library any more; `restart` brings the program back.
  void end_program() {
    keep_lines();
    program_.reset();
    kept_ = 0;
  }

  engine::Plan plan() { return program_->plan(); }
  engine::RunReport run() { return program_->run(); }
  engine::RunReport run(const engine::Plan& plan) { return program_->run(plan); }
  // Starts anew and runs.
  engine::RunReport run_again() {
    restart();
    return run();
  }

  // What the library says; an entry without ids when it knows nothing.
  LibraryEntry entry(std::int64_t file) {
    auto entry = expect_good(program_->library().find(FileId{file}));
    return entry.value_or(LibraryEntry{});
  }
  os::Path path(std::int64_t file) { return entry(file).path; }

  // Somebody else's file; it must stay as it is.
  void put_foreign(const os::Path& path, std::string content) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
    foreign_[path] = std::move(content);
  }

  // Blocks until every request of the site has been answered or given up.
  void settle() {
    constexpr Milliseconds limit{10'000};
    const std::size_t asked = site_.journal().count();
    const bool settled = finished_.wait_for({}, limit, [&](std::size_t n) { return n >= asked; });
    EXPECT_TRUE(settled) << "a request is still being answered";
  }
  // Bytes of bodies that the storage sent, once nothing is under way any more.
  std::uint64_t bytes_from_storage() {
    settle();
    std::uint64_t sum = 0;
    for (const auto& entry : site_.journal().entries("storage")) sum += entry.bytes_sent;
    return sum;
  }
  // The Range headers of all requests to the storage, in order; "" where there was none.
  std::vector<std::string> ranges() {
    std::vector<std::string> ranges;
    for (const auto& entry : site_.journal().entries("storage")) ranges.push_back(entry.header("Range"));
    return ranges;
  }

  // All files below the root, relative to it, sorted.
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root(), ignored)) {
      if (!entry.is_directory()) names.push_back(entry.path().lexically_relative(root()).generic_string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  [[nodiscard]] std::vector<std::string> remains() const {
    std::vector<std::string> names = files();
    std::erase_if(names, [](const std::string& name) { return !name.ends_with(".tmp"); });
    return names;
  }
  [[nodiscard]] const Truth& truth() const { return truth_; }
  // All lines that the program has logged, earlier starts included.
  [[nodiscard]] std::vector<std::string> lines() {
    keep_lines();
    return lines_;
  }

 private:
  void keep_lines() {
    if (!program_) return;
    const auto lines = program_->log().lines();
    lines_.insert(lines_.end(), lines.begin() + static_cast<std::ptrdiff_t>(kept_), lines.end());
    kept_ = lines.size();
  }

  void check_folder() const {
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      const std::string name = entry.path().filename().string();
      EXPECT_TRUE(name == "models" || name.starts_with("library.db")) << name << " lies outside the root";
    }
    for (const auto& [path, content] : foreign_) EXPECT_EQ(content_of(path), content) << path << " was changed";
    for (const std::string& name : files()) {
      const bool ours = !name.ends_with(".tmp") && !name.ends_with(".json") && !foreign_.contains(root() / name);
      if (!ours) continue;
      EXPECT_TRUE(truth_.is_content_of_any(digests_of(content_of(root() / name)).sha256))
          << name << " is not what the site has";
    }
  }

  void check_library() {
    if (!program_) return;
    for (const LibraryEntry& entry : expect_good(program_->library().entries())) {
      if (entry.status != EntryStatus::downloaded) continue;
      ASSERT_TRUE(std::filesystem::is_regular_file(entry.path)) << entry.path << " is recorded, not there";
      const std::string content = content_of(entry.path);
      const hash::Digests digests = digests_of(content);
      EXPECT_EQ(content.size(), entry.size.value) << entry.path;
      EXPECT_TRUE(truth_.is_content_of(entry.file_id, digests.sha256)) << entry.path;
      const Hashes& known = entry.hashes;
      const bool says_so =
          known.get(HashKind::sha256) == digests.sha256 || known.get(HashKind::blake3) == digests.blake3;
      const bool strong = known.has(HashKind::sha256) || known.has(HashKind::blake3);
      EXPECT_TRUE(says_so || !strong) << entry.path << " is recorded with other hashes";
    }
  }

  void check_secrets() {
    for (const standin::Leak& leak : site_.journal().leaks()) {
      ADD_FAILURE() << leak.what << " went to " << standin::to_string(leak.place);
    }
    std::vector<std::string> secrets;
    if (!settings_.key.empty()) secrets.push_back(settings_.key);
    for (const auto& entry : site_.journal().entries("storage")) {
      for (const auto& [name, value] : entry.query) {
        if (name == "X-Amz-Signature" || name == "Authorization") secrets.push_back(value);
      }
    }
    for (const std::string& line : lines_) {
      for (const std::string& secret : secrets) EXPECT_EQ(line.find(secret), std::string::npos) << line;
    }
  }

  TempDir folder_;
  DownloaderSettings settings_;
  Truth truth_;
  std::map<os::Path, std::string> foreign_;
  std::vector<std::string> lines_;
  std::size_t kept_ = 0;  // lines of the program that runs now
  Guarded<std::size_t> finished_;
  standin::Site site_;
  std::unique_ptr<Downloader> program_;
};

// Every item of the run lies in its place, proven and recorded, and nothing is left of its way there.
inline void expect_all_here(World& world, const engine::RunReport& report) {
  for (const engine::ItemReport& item : report.items) {
    EXPECT_FALSE(item.error) << item.error->message;
    const bool here =
        item.outcome == engine::ItemReport::Outcome::downloaded || item.outcome == engine::ItemReport::Outcome::adopted;
    EXPECT_TRUE(here);
  }
  EXPECT_FALSE(report.stopped_by) << report.stopped_by->message;
  EXPECT_FALSE(report.items.empty());
  for (const LibraryEntry& entry : expect_good(world.program().library().entries())) {
    EXPECT_EQ(entry.status, EntryStatus::downloaded) << entry.file_name << ": " << entry.error;
  }
  EXPECT_EQ(world.remains(), std::vector<std::string>{});
}

// The error of the only item of a run, which has to have one.
inline Error only_error(const engine::RunReport& report) {
  if (report.items.size() != 1 || !report.items.front().error) {
    ADD_FAILURE() << "the run should have one item, and it should have failed";
    return {};
  }
  EXPECT_EQ(report.items.front().outcome, engine::ItemReport::Outcome::failed);
  return *report.items.front().error;
}

// Ids of what `one_file` offers.
inline constexpr std::int64_t only_model = 11;
inline constexpr std::int64_t only_version = 22;
inline constexpr std::int64_t only_file = 33;

// A site with one model of one version of one file. `file` may say more about it.
inline standin::Catalogue one_file(std::uint64_t size = 300'000, standin::File file = {}) {
  file.id = only_file;
  if (file.name.empty()) file.name = "lantern.safetensors";
  file.size = size;
  standin::Catalogue catalogue;
  catalogue.add({.id = only_model, .name = "Lantern", .versions = {{.id = only_version, .files = {std::move(file)}}}});
  return catalogue;
}

// A site with so many models 1, 2, … whose only files 1, 2, … are of this size.
inline standin::Catalogue many_files(int count, std::uint64_t size = 100'000) {
  standin::Catalogue catalogue;
  for (std::int64_t i = 1; i <= count; ++i) {
    catalogue.add({.id = i,
                   .name = format("Model {:03}", i),
                   .versions = {{.id = 1000 + i,
                                 .files = {{.id = i, .name = format("file_{:03}.safetensors", i), .size = size}}}}});
  }
  return catalogue;
}

}  // namespace civitai::test
